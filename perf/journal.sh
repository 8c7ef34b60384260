#!/bin/bash
# What the journal costs a run, and how long a large one takes to open. Called by run.sh.
# shellcheck disable=SC2154 # What is not assigned here comes from common.sh.

# A run whose servers take no time, with and without it; a mark at a time; opening.
measure_journal() {
    local fast costs
    heading "the journal, over ${JOURNAL_ROWS:-200000} rows of a run in memory: medians of 5"
    # Journals that are only to be read are made where making them is quick; both are read from memory.
    fast=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo "$work")/journals.XXXXXX")
    costs=$work/journal-costs
    Benchmarks/.build/release/JournalCost "${JOURNAL_ROWS:-200000}" "$work" "$fast" >"$costs" ||
        { rm -rf "$fast"; exit 1; }
    rm -rf "$fast"
    cost() { awk -v name="$1" '$1 == name { print $2 }' "$costs"; }

    figure journal.processor "  processor time a row, of a run without" "$(calc %.2f "$(cost counted_processor_us_per_row)")" us
    figure journal.processor.second "    more with it, a mark a second" \
        "$(calc %.2f "$(cost written_processor_us_per_row) - $(cost counted_processor_us_per_row)")" us
    figure journal.processor.chunk "    more with it, a mark a chunk" \
        "$(calc %.2f "$(cost often_processor_us_per_row) - $(cost counted_processor_us_per_row)")" us
    figure journal.wall "  wall time a row, of a run without" "$(calc %.2f "$(cost counted_wall_us_per_row)")" us
    figure journal.wall.second "    ratio with it, a mark a second" \
        "$(calc %.3f "$(cost written_wall_us_per_row) / $(cost counted_wall_us_per_row)")"
    figure journal.wall.chunk "    ratio with it, a mark a chunk" \
        "$(calc %.3f "$(cost often_wall_us_per_row) / $(cost counted_wall_us_per_row)")"
    figure journal.append "  one mark made durable" "$(calc %.0f "$(cost append_wall_us)")" us
    figure journal.append.processor "    processor time" "$(calc %.0f "$(cost append_processor_us)")" us
    figure journal.append.share "    share of a run of any rate, at one a second" \
        "$(calc %.4f "$(cost append_wall_us) / 1000000")" "" "< 0.01"
    figure journal.open "  opening one of 1000000 rows, 10000 marks" \
        "$(calc %.0f "$(cost recovery_ms_0_rejections)")" ms "< 1000"
    figure journal.open.rejections "    with 100000 rejections" \
        "$(calc %.0f "$(cost recovery_ms_100000_rejections)")" ms "< 1000"
}
