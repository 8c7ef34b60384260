/// Complaints about what was written on the command line, which quote it.
enum UsageText {
    /// Without what stands between `://` and `@`: an address in the wrong place may have a password in it.
    static func withoutCredentials(_ text: String) -> String {
        text.replacing(#/:\/\/[^\s'"]*@/#, with: "://***@")
    }
}
