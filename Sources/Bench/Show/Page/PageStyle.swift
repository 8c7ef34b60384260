/// How the page looks: light and dark, on paper, and on a screen of any width. No colour carries meaning alone, and pairs of
/// colours differ for the colour-blind too: blue and orange, and shades that differ in lightness.
enum PageStyle {
    static let css: HTML = "\(colours)\(layout)\(charts)\(media)"

    private static let colours: HTML = """
        :root { color-scheme: light dark;
          --paper: #fdfcfa; --panel: #f4f2ed; --ink: #1a1d21; --soft: #5b636b; --rule: #e2dfd8; --line: #8b969c;
          --bar: #2b7f93; --accent: #bf4f0f; --cool: #cfe6ea; --warm: #fadcc8;
          --h0: #f1f4f2; --h1: #dcebea; --h2: #c2e0e0; --h3: #a0d0d4; --h4: #78bcc6; --h5: #55a7b7; --h6: #1f788e;
          --h7: #12607a; --h8: #084a60; --on-low: #1a1d21; --on-5: #10161a; --on-high: #ffffff; }
        @media screen and (prefers-color-scheme: dark) { :root {
          --paper: #14181b; --panel: #1d2327; --ink: #eceae5; --soft: #a0a8ad; --rule: #2d353a; --line: #6b777e;
          --bar: #4fa9bc; --accent: #ff9a52; --cool: #17424e; --warm: #57300f;
          --h0: #1a2226; --h1: #18303a; --h2: #183f4d; --h3: #194d60; --h4: #1b5b72; --h5: #206b83; --h6: #4aa3b7;
          --h7: #72bdca; --h8: #a3dfe5; --on-low: #eceae5; --on-5: #ffffff; --on-high: #0c1417; } }

        """

    private static let layout: HTML = """
        * { box-sizing: border-box; margin: 0; }
        body { background: var(--paper); color: var(--ink); font: 16px/1.55 ui-sans-serif, system-ui, -apple-system, "Segoe UI",
          Roboto, "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
        main { max-width: 1120px; margin: 0 auto; padding: 72px 40px 96px; }
        section { margin-top: 72px; padding-top: 40px; border-top: 1px solid var(--rule); }
        h1 { font-size: 44px; line-height: 1.1; font-weight: 650; letter-spacing: -0.025em; overflow-wrap: anywhere; }
        h2 { font-size: 27px; line-height: 1.2; font-weight: 620; letter-spacing: -0.015em; overflow-wrap: anywhere; }
        h3 { font-size: 17px; overflow-wrap: anywhere; }
        .address, code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        .address { letter-spacing: -0.03em; }
        .over { font-size: 13px; font-weight: 600; letter-spacing: 0.09em; text-transform: uppercase; color: var(--accent);
          margin-bottom: 10px; }
        section .over { color: var(--soft); }
        .lead { margin-top: 10px; max-width: 70ch; color: var(--soft); font-size: 17px; overflow-wrap: anywhere;
          text-wrap: pretty; }
        .text { max-width: 74ch; margin-top: 28px; }
        .small { margin-top: 28px; padding: 0; list-style: none; font-size: 14px; color: var(--soft); }
        .notice { margin-top: 24px; padding: 14px 20px; border-left: 4px solid var(--accent); background: var(--panel);
          list-style: none; max-width: 90ch; overflow-wrap: anywhere; }
        .headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 36px 32px;
          margin-top: 56px; }
        .headline dt, .facts dt { font-size: 14px; color: var(--soft); }
        .headline dd { white-space: nowrap; font-size: 19px; color: var(--soft); }
        .headline dd b { font-size: 50px; line-height: 1.15; font-weight: 640; letter-spacing: -0.035em; color: var(--ink); }
        .headline dd b.word { font-size: 38px; line-height: 1.513; }
        .headline .note { white-space: normal; font-size: 14px; }
        .facts { display: flex; flex-wrap: wrap; gap: 18px 44px; margin-top: 26px; }
        .facts dd { font-weight: 550; overflow-wrap: anywhere; }
        pre { margin-top: 24px; padding: 22px 26px; background: var(--panel); border-radius: 8px; overflow-x: auto;
          white-space: normal; font-size: 16px; line-height: 1.6; border-left: 4px solid var(--accent); }
        pre span { white-space: pre; }
        code { user-select: all; -webkit-user-select: all; }
        .pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 56px 64px; margin-top: 48px; }
        .pair > :only-child { grid-column: 1 / -1; }
        figcaption { font-weight: 620; line-height: 1.4; min-height: 3.6em; }
        figcaption span { display: block; font-weight: 400; font-size: 14px; color: var(--soft); }
        .scroll { overflow-x: auto; }
        table { border-collapse: separate; border-spacing: 0; }
        th { font-weight: 500; }

        """

    private static let charts: HTML = """
        .heat { width: 100%; max-width: 760px; border-spacing: 3px; margin: 12px -3px 0; }
        .heat th { color: var(--soft); font-size: 14px; text-align: right; padding: 4px 10px; white-space: nowrap; }
        .heat thead td { height: auto; } .heat th:first-child { width: 1%; line-height: 1.25; } .heat [colspan] { text-align: center; }
        .none span { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
        .heat td { height: 42px; padding: 4px 10px; text-align: right; border-radius: 4px; font-weight: 550; min-width: 58px;
          white-space: nowrap; }
        .heat td i { display: block; font-style: normal; font-size: 11px; line-height: 1; }
        .heat td.best { outline: 3px solid var(--accent); outline-offset: -1px; font-weight: 700; }
        .none { background: repeating-linear-gradient(135deg, transparent 0 5px, var(--rule) 5px 6px); }
        .h0 { background: var(--h0); } .h1 { background: var(--h1); } .h2 { background: var(--h2); }
        .h3 { background: var(--h3); } .h4 { background: var(--h4); } .h5 { background: var(--h5); }
        .h6 { background: var(--h6); } .h7 { background: var(--h7); } .h8 { background: var(--h8); }
        td.h0, td.h1, td.h2, td.h3, td.h4 { color: var(--on-low); } td.h5 { color: var(--on-5); }
        td.h6, td.h7, td.h8 { color: var(--on-high); }
        .key { display: flex; align-items: center; margin-top: 14px; font-size: 13px; color: var(--soft); }
        .key i { flex: 0 0 18px; height: 8px; } .key span { margin: 0 10px 0 0; } .key i + span { margin: 0 0 0 10px; }
        .plot svg { display: block; width: 100%; overflow: visible; }
        .plot svg svg, .bar svg { overflow: visible; }
        .plot text { fill: var(--soft); font-size: 13px; }
        .plot .left { text-anchor: end; } .plot .middle { text-anchor: middle; }
        .grid { stroke: var(--rule); }
        .axis { margin-top: 30px; text-align: center; font-size: 13px; color: var(--soft); }
        .lines { padding: 22px 78px 0 52px; } .lines + .axis { padding: 0 78px 0 52px; }
        .line { stroke: var(--line); fill: var(--line); stroke-width: 1.5; }
        .line.best { stroke: var(--accent); fill: var(--accent); stroke-width: 3; }
        .line circle { stroke: var(--paper); stroke-width: 1.5; }
        .leader { stroke: var(--rule); stroke-dasharray: 2 3; transform: none; }
        .plot text.best { fill: var(--accent); font-weight: 700; }
        .histogram { padding: 74px 12px 0; } .base { stroke: var(--line); }
        .fill { fill: var(--bar); } .mark line { stroke: var(--ink); stroke-dasharray: 3 3; }
        .plot .mark text { fill: var(--ink); font-weight: 600; font-size: 14px; }
        .plot .mark text { paint-order: stroke; stroke: var(--paper); stroke-width: 5px; }
        .plot .mark tspan { fill: var(--soft); font-weight: 400; }
        .strips { padding: 34px 74px 0 66px; }
        .span { stroke: var(--line); stroke-width: 6; stroke-linecap: round; } .tail { stroke: var(--line); stroke-width: 1.5; }
        .strip circle { fill: var(--paper); stroke: var(--line); stroke-width: 3; }
        .strip.best .span, .strip.best .tail, .strip.best circle { stroke: var(--accent); }
        .plot .strip.best text { fill: var(--accent); font-weight: 700; }
        .rows { list-style: none; padding: 0; margin-top: 32px; }
        .rows li { display: grid; grid-template-columns: minmax(0, 15fr) minmax(0, 25fr) 13em; gap: 0 28px;
          align-items: center; padding: 12px 0; }
        .name { overflow-wrap: anywhere; line-height: 1.35; } .name b { font-weight: 600; }
        .name span, .value span { display: block; font-size: 13.5px; color: var(--soft); }
        .value { text-align: right; line-height: 1.35; color: var(--soft); }
        .value b { font-size: 20px; font-weight: 640; color: var(--ink); }
        .bar { width: 100%; height: 24px; overflow: visible; display: block; }
        .marked .fill { fill: var(--accent); } .marked .name b, .marked .value b { color: var(--accent); }
        .whisker line { stroke: var(--ink); stroke-width: 1.5; }
        .break path { stroke: var(--paper); stroke-width: 3; fill: none; }
        .cut { opacity: 0.55; }
        .changes li { padding: 5px 0; } .changes .value b { font-size: 16px; } .zero { stroke: var(--line); }
        .changes .name span, .changes .value span { display: inline; margin-left: 8px; }
        .changes li { grid-template-columns: minmax(0, 20fr) minmax(0, 20fr) 11em; }
        .scale svg { grid-column: 2; } .scale text { font-size: 13px; fill: var(--soft); text-anchor: middle; }
        .scale text { transform: translateY(14px); } .scale .from { text-anchor: start; } .scale .to { text-anchor: end; }
        .heat td.faster { background: var(--cool); } .heat td.slower { background: var(--warm); }
        .heat td.same { background: var(--panel); font-weight: 400; } .heat td i { color: inherit; margin-top: 3px; }
        .range { stroke-width: 3; stroke: var(--line); } .changes circle { fill: var(--line); }
        .faster .range { stroke: var(--bar); } .faster circle { fill: var(--bar); } .faster .value b { color: var(--bar); }
        .slower .range { stroke: var(--accent); } .slower circle { fill: var(--accent); }
        .slower .value b { color: var(--accent); }
        .all { width: 100%; margin-top: 44px; font-size: 14px; }
        caption { text-align: left; font-weight: 620; font-size: 16px; padding-bottom: 10px; }
        .all th, .all td { text-align: right; padding: 6px 0 6px 16px; border-bottom: 1px solid var(--rule); white-space: nowrap; }
        .all th { vertical-align: bottom; line-height: 1.3; } .all th span { display: block; font-size: 12px; color: var(--soft); }
        .all .words { text-align: left; padding-left: 22px; } .all tr > :first-child { padding-left: 4px; }
        .all .best td { font-weight: 700; color: var(--accent); }
        .errors { margin-top: 16px; padding-left: 18px; font-size: 14px; overflow-wrap: anywhere; }

        """

    private static let media: HTML = """
        @media (max-width: 860px) { .pair { grid-template-columns: minmax(0, 1fr); } figcaption { min-height: 0; } }
        @media (max-width: 640px) {
          main { padding: 40px 20px 64px; } h1 { font-size: 32px; } h2 { font-size: 22px; }
          section { margin-top: 48px; padding-top: 32px; }
          .headline { grid-template-columns: 1fr 1fr; gap: 28px 20px; margin-top: 36px; } .headline dd b { font-size: 34px; }
          .headline dd b.word { font-size: 26px; line-height: 1.5; }
          .headline dd { font-size: 16px; white-space: normal; } pre { padding: 16px 18px; font-size: 14px; }
          .rows li, .changes li { grid-template-columns: minmax(0, 1fr) auto; gap: 6px 16px; }
          .rows .bar { grid-column: 1 / -1; grid-row: 2; } .changes .name span { display: block; margin-left: 0; }
          .changes .value span { display: block; } .rows .scale .bar { grid-row: 1; } .changes li { padding: 10px 0; }
          .heat td { min-width: 48px; padding: 4px 5px; font-size: 14px; } .heat th { padding: 4px 5px; } .lines { padding-left: 44px; padding-right: 64px; } }
        @media print { :root { --paper: #ffffff; } body { font-size: 11pt; } main { padding: 0; max-width: none; }
          .pair { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 20pt 28pt; margin-top: 20pt; }
          .headline { grid-template-columns: repeat(4, auto); } .headline dd b, .headline dd b.word { font-size: 24pt; }
          .heat td, .key i, pre, .notice { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          figure, .rows li, tr, pre, .headline { break-inside: avoid; } h2, h3, caption { break-after: avoid; }
          section { margin-top: 28pt; padding-top: 18pt; } .scroll { overflow: visible; } .all { font-size: 8pt; }
          .all th, .all td { padding-left: 6pt; } }
        """
}
