import Fuzzing

@main
struct FuzzConfiguration {
    static func main() {
        fuzz(ConfigurationProperty.check)
    }
}
