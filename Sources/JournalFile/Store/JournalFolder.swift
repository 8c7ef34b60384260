internal import Pipeline

/// The folder of a journal, to change: every change is durable when it returns.
struct JournalFolder: Sendable {
    var view: SegmentFolder
    var files: any FileOperations

    /// Makes the folder and all that it lies in.
    func make() throws(PipelineError) {
        try make(view.path)
    }

    /// Makes durable what an earlier process may have been killed before it could: the name of the folder while it holds no
    /// segment, else the names in it. A group in a file that has no durable name is not durable.
    func synchronizeNames(isNew: Bool) throws(PipelineError) {
        let path = isNew ? Self.parent(of: view.path) : view.path
        do throws(SystemError) {
            try files.synchronizeDirectory(path)
        } catch {
            throw error.failure(to: "synchronize", path)
        }
    }

    /// Removes what crashes have left over, and segments that a snapshot has replaced.
    ///
    /// They do no harm, so neither does failing to remove them.
    func removeLeftovers(_ superseded: [Int]) {
        let temporary = ((try? view.fileNames()) ?? []).filter { $0.hasSuffix(SegmentFolder.temporarySuffix) }
        for name in temporary + superseded.map(SegmentFolder.fileName(ofSegment:)) {
            try? files.remove("\(view.path)/\(name)")
        }
    }

    /// Makes a file that after a crash is there with all its content, or not at all.
    /// - Parameter mayBeThere: set when the file may be there, even if this fails.
    func publish(
        _ bytes: ArraySlice<UInt8>,
        as name: String,
        mayBeThere: inout Bool
    ) throws(PipelineError) -> FileDescriptor {
        let path = "\(view.path)/\(name)"
        let temporary = path + SegmentFolder.temporarySuffix
        do throws(SystemError) {
            let file = try files.openFile(temporary, .create)
            try files.appendAll(bytes, to: file)
            try files.synchronizeData(of: file)
            mayBeThere = true
            try files.move(temporary, to: path)
            try files.synchronizeDirectory(view.path)
            return file
        } catch {
            if !mayBeThere { try? files.remove(temporary) }
            throw error.failure(to: "create", path)
        }
    }

    /// Makes a segment that is empty yet.
    func publishSegment(_ number: Int) throws(PipelineError) -> FileDescriptor {
        var mayBeThere = false
        return try publish([], as: SegmentFolder.fileName(ofSegment: number), mayBeThere: &mayBeThere)
    }

    func openSegment(_ number: Int) throws(PipelineError) -> FileDescriptor {
        let path = view.path(ofSegment: number)
        do throws(SystemError) {
            return try files.openFile(path, .append)
        } catch {
            throw error.failure(to: "open", path)
        }
    }

    /// Saves the torn tail aside and cuts it off.
    /// - Returns: what has been done, for a person.
    func cutOff(_ tail: JournalScan.TornTail) throws(PipelineError) -> String {
        let segment = SegmentFolder.fileName(ofSegment: tail.segment)
        let aside = try saveAside(tail)
        let file = try openSegment(tail.segment)
        do throws(SystemError) {
            try files.truncate(file, to: tail.offset)
            try files.synchronizeData(of: file)
        } catch {
            throw error.failure(to: "truncate", view.path(ofSegment: tail.segment))
        }
        return "cut off a torn record of \(tail.byteCount) bytes at the end of \(segment); it is kept in \(aside)"
    }

    /// - Returns: the name of the file that the bytes are in.
    private func saveAside(_ tail: JournalScan.TornTail) throws(PipelineError) -> String {
        let segment = SegmentFolder.fileName(ofSegment: tail.segment)
        let bytes: [UInt8]
        let present: [String]
        do throws(SystemError) {
            bytes = try view.contents(of: segment)
            present = try view.fileNames()
        } catch {
            throw error.failure(to: "read", view.path(ofSegment: tail.segment))
        }
        let plain = "\(segment.dropLast(".zst".count)).torn-\(tail.offset)"
        var name = plain
        var count = 1
        while present.contains(name) {
            count += 1
            name = "\(plain)-\(count)"
        }
        var mayBeThere = false
        _ = try publish(bytes[tail.offset...], as: name, mayBeThere: &mayBeThere)
        return name
    }

    private func make(_ path: String) throws(PipelineError) {
        let parent = Self.parent(of: path)
        do throws(SystemError) {
            if try files.makeDirectory(path) { try files.synchronizeDirectory(parent) }
        } catch {
            guard error.isMissingParent, parent != path else { throw error.failure(to: "create", path) }
            try make(parent)
            do throws(SystemError) {
                if try files.makeDirectory(path) { try files.synchronizeDirectory(parent) }
            } catch {
                throw error.failure(to: "create", path)
            }
        }
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
