import Fuzzing

@main
struct FuzzJournal {
    static func main() {
        fuzz(JournalProperty.check)
    }
}
