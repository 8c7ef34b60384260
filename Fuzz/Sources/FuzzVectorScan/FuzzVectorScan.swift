import Fuzzing

@main
struct FuzzVectorScan {
    static func main() {
        fuzz(AnswerProperty.check)
    }
}
