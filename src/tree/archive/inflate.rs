//! Inflating members with a state that each thread uses again: a package has tens of thousands of small
//! ones, and a state of its own for each (some 40 KB) tears holes into the heap that nothing fills.

use std::cell::RefCell;
use std::io::{Error, ErrorKind, Read, Seek, SeekFrom};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::reader::SharedReader;

/// Bytes that are inflated at a time.
const PIECE: usize = 32 << 10;

/// Length of a local header without name and extra field (APPNOTE 6.3.10 §4.3.7).
const LOCAL_HEADER: u64 = 30;
/// Where in it the lengths of name and extra field stand.
const LENGTHS_AT: u64 = 26;

/// What a thread keeps.
struct State {
    decompress: Decompress,
    input: Box<[u8]>,
    output: Box<[u8]>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State {
        decompress: Decompress::new(false),
        input: vec![0; PIECE].into(),
        output: vec![0; PIECE].into(),
    });
}

/// A member's bytes in the archive.
pub(super) struct Stored {
    /// Where its local header begins.
    pub(super) header: u64,
    /// Bytes that are stored.
    pub(super) compressed: u64,
    /// Bytes that it claims to be.
    pub(super) size: u64,
    /// Checksum of these.
    pub(super) crc: u32,
}

/// The first `limit` bytes of a member that Deflate packed; the checksum is asked of a whole member.
pub(super) fn inflate(reader: &mut SharedReader, stored: &Stored, limit: u64) -> std::io::Result<Vec<u8>> {
    reader.seek(SeekFrom::Start(stored.header.saturating_add(LENGTHS_AT)))?;
    let mut lengths = [0; 4];
    reader.read_exact(&mut lengths)?;
    let [name, extra] =
        [[lengths[0], lengths[1]], [lengths[2], lengths[3]]].map(|two| u64::from(u16::from_le_bytes(two)));
    reader.seek(SeekFrom::Start(stored.header.saturating_add(LOCAL_HEADER + name + extra)))?;
    STATE.with_borrow_mut(|state| state.inflate(&mut reader.take(stored.compressed), stored, limit))
}

impl State {
    fn inflate(&mut self, reader: &mut impl Read, stored: &Stored, limit: u64) -> std::io::Result<Vec<u8>> {
        self.decompress.reset(false);
        // Its size is a claim: memory is taken as bytes really come.
        let (mut bytes, mut sum) = (Vec::new(), Crc::new());
        let (mut from, mut to) = (0, 0);
        loop {
            if from == to {
                (from, to) = (0, reader.read(&mut self.input)?);
            }
            let (before_in, before_out) = (self.decompress.total_in(), self.decompress.total_out());
            let status = self
                .decompress
                .decompress(&self.input[from..to], &mut self.output, FlushDecompress::None)
                .map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
            let taken = (self.decompress.total_in() - before_in) as usize;
            let given = (self.decompress.total_out() - before_out) as usize;
            from += taken;
            sum.update(&self.output[..given]);
            bytes.extend_from_slice(&self.output[..given]);
            let is_end = status == Status::StreamEnd;
            if bytes.len() as u64 > stored.size {
                return Err(Error::new(ErrorKind::InvalidData, "more bytes than its header says"));
            }
            if is_end && sum.sum() != stored.crc {
                return Err(Error::new(ErrorKind::InvalidData, "invalid checksum"));
            }
            if is_end || bytes.len() as u64 >= limit {
                bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                return Ok(bytes);
            }
            if taken == 0 && given == 0 && (from < to || to == 0) {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }
}
