/// The journal's format, version 1.
///
/// The journal of a sync is a folder:
///
/// | file | is |
/// |---|---|
/// | `journal-000001.zst`, `journal-000002.zst`, … | the segments; the last one grows |
/// | `lock` | held with `flock(2)` for as long as the journal is open, never removed; names its holder |
/// | `journal-000001.torn-4711` | bytes that were cut off a segment at that offset |
/// | `*.tmp` | left over from a crash; removed when the journal is next opened |
///
/// ## Segments
///
/// A segment is records one after another and nothing else. `zstd -dc journal-*.zst` prints its events.
///
/// A segment that is not the first continues the one before it, or begins with a *snapshot*, which replaces all
/// segments before it; those need no longer be there. A snapshot got its name only when it was complete and durable.
/// Only the last segment may be empty.
///
/// ## Records
///
/// A record is a zstd skippable frame, the header, and one zstd frame with content checksum. Numbers are little-endian.
///
/// | offset | bytes | content |
/// |---|---|---|
/// | 0 | 4 | `0x184D2A57`, the magic number of a skippable frame |
/// | 4 | 4 | 48, its length |
/// | 8 | 8 | `psyncjnl` |
/// | 16 | 2 | format version: 1 |
/// | 18 | 2 | flags: 1 = the group continues in the next record, 2 = part of a snapshot |
/// | 20 | 4 | length of the content, at most 64 MiB |
/// | 24 | 4 | length of the zstd frame |
/// | 28 | 8 | sequence number |
/// | 36 | 16 | the journal's random identity |
/// | 52 | 4 | CRC-32C of bytes 0 to 51 and the zstd frame |
/// | 56 | | the zstd frame |
///
/// The header of every later version has this layout, so that a newer record can be told from a damaged one.
///
/// Sequence numbers begin with 1 and rise by 1 from record to record, across segments. All records bear the same identity.
/// So bytes that a file system left over from an earlier file are never taken for a record.
///
/// ## Groups
///
/// The events of one `append` are a group: they are in the journal all or none. A group is one record; one whose content is
/// larger than 1 MiB is several, and counts only with its last. A group, and a snapshot, never spans segments.
///
/// ## Events
///
/// The content is JSON lines in UTF-8, one event each. Every line has `time` (ISO 8601, UTC, milliseconds) and `event`:
///
/// | `event` | other keys |
/// |---|---|
/// | `began` | `generation`, `mode`, `attempt`, `collection`, `model`, `fingerprint` {`source`, `target`, `embedder`}, `limit`?, `retries_rejected`?, `embedder_record`? |
/// | `checkpoint` | `position`, `tally` |
/// | `rejected` | `reason`, `row_count`, `key`? |
/// | `ended` | `status`, `tally` |
///
/// `tally` has `rows_read`, `embedded`, `upserted`, `payload_updated`, `unchanged`, `reused`, `stale`, `deleted`, `rejected`,
/// `truncated`, `embed_requests`, `upsert_requests` and `retries`; one that is missing is 0. Unknown keys are passed over, so
/// that a version may add some; an unknown event, mode or status is damage, and needs a new format version. An event
/// belongs to the latest `began` before it.
/// In a snapshot `began` may have `rejections_omitted`: how many rejected rows of that run are no longer listed; and
/// `outstanding` {`keys`, `keyless`}: the rejected rows that were still to be carried over before that run, since the lists
/// that tell them may be omitted.
///
/// ## Writing
///
/// A group is written to the end of the last segment, then `fdatasync`, then it counts. After a failure nothing more is
/// written: what the kernel still holds of the file is unknown. A new segment is written as `.tmp`, made durable and
/// renamed, and then the folder is made durable.
///
/// ## Reading
///
/// A record is good when its magic numbers, lengths, checksum, identity and sequence number are. The first one that is not
/// ends the segment. It is a **torn tail** if it is in the last segment, is no part of a snapshot that has nothing before it, and no good
/// record with a greater sequence number comes after it: the bytes from the beginning of its group on are saved aside and cut off. Anything else
/// is **damage**, and nothing is read or changed: a journal that has lost records from its middle might name a wrong low-water mark.
///
/// A journal that is lost or moved away costs no data: the next full sync begins with the first row.
enum RecordFormat {
    static let currentVersion: UInt16 = 1
    /// Of the header, with the skippable frame that it is in.
    static let headerByteCount = 56
    /// What a reader makes room for at most, whatever a damaged header says. A writer closes records at a mebibyte, and passes
    /// that by no more than a line.
    static let largestContent = 64 << 20
    /// What each record begins with.
    static let magic: [UInt8] = [0x57, 0x2A, 0x4D, 0x18, 48, 0, 0, 0] + Array("psyncjnl".utf8)
}
