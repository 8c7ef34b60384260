import Fuzzing

@main
struct FuzzJSONEquality {
    static func main() {
        fuzz(EqualityProperty.check)
    }
}
