#!/bin/bash
# Measures what the journal costs a run, and how long a large one takes to open. Called by run.sh, which brings the functions.
# shellcheck disable=SC2154 # What is not assigned here comes from run.sh.

build_journal_cost() {
    swift build --package-path Benchmarks -c release --product JournalCost
}

# measure_journal: a run whose servers take no time, with and without it; a mark at a time; opening.
measure_journal() {
    local fast costs
    # Journals that are only to be read are made where making them is quick; both are read from memory.
    fast=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo "$work")/journals.XXXXXX")
    costs=$work/journal-costs
    Benchmarks/.build/release/JournalCost "${JOURNAL_ROWS:-200000}" "$work" "$fast" >"$costs" ||
        { rm -rf "$fast"; exit 1; }
    rm -rf "$fast"
    cost() { awk -v name="$1" '$1 == name { print $2 }' "$costs"; }

    line "journal: processor time a row, of a run without" "$(calc '%.2f us' "$(cost counted_processor_us_per_row)")" ""
    line "  more with it, a mark a second" "$(calc '%.2f us' \
        "$(cost written_processor_us_per_row) - $(cost counted_processor_us_per_row)")" ""
    line "  more with it, a mark a chunk" "$(calc '%.2f us' \
        "$(cost often_processor_us_per_row) - $(cost counted_processor_us_per_row)")" ""
    line "journal: wall time a row, of a run without" "$(calc '%.2f us' "$(cost counted_wall_us_per_row)")" ""
    line "  ratio with it, a mark a second" "$(calc %.3f \
        "$(cost written_wall_us_per_row) / $(cost counted_wall_us_per_row)")" ""
    line "  ratio with it, a mark a chunk" "$(calc %.3f \
        "$(cost often_wall_us_per_row) / $(cost counted_wall_us_per_row)")" ""
    line "journal: one mark made durable" "$(calc '%.0f us' "$(cost append_wall_us)")" ""
    line "  processor time" "$(calc '%.0f us' "$(cost append_processor_us)")" ""
    line "  share of a run of any rate, at one a second" "$(calc '%.4f' "$(cost append_wall_us) / 1000000")" "goal < 0.01"
    line "journal: opening one of 1000000 rows, 10000 marks" "$(calc '%.0f ms' "$(cost recovery_ms_0_rejections)")" \
        "goal < 1000 ms"
    line "  with 100000 rejections" "$(calc '%.0f ms' "$(cost recovery_ms_100000_rejections)")" "goal < 1000 ms"
}
