//! Inflating members with a state that each thread uses again: a package has tens of thousands of small
//! ones, and a state of its own for each (some 40 KB) tears holes into the heap that nothing fills.

use std::cell::RefCell;
use std::io::{Error, ErrorKind, Read, Seek, SeekFrom};

use crc32fast::Hasher;
use flate2::{Decompress, FlushDecompress, Status};

use super::reader::SharedReader;

/// Compressed bytes that are read at a time.
const PIECE: usize = 32 << 10;
/// Most bytes that memory is taken for on the word of a header.
const FIRST: usize = 256 << 10;
/// Most bytes that come out at a time: what is asked for is filled with zeros first, and should still be in the
/// processor's cache when it is written.
const OUT: usize = 64 << 10;

/// Length of a local header without name and extra field (APPNOTE 6.3.10 §4.3.7).
const LOCAL_HEADER: usize = 30;
/// Where in it the lengths of name and extra field stand.
const LENGTHS_AT: usize = 26;

/// Bytes of a local header with its name and extra field that are read at once with the data, mostly.
const HEAD: u64 = 512;

/// What a thread keeps.
struct State {
    decompress: Decompress,
    input: Box<[u8]>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State { decompress: Decompress::new(false), input: vec![0; PIECE].into() });
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
    STATE.with_borrow_mut(|state| state.inflate(reader, stored, limit))
}

/// Bytes that were read and not used yet.
struct Input {
    from: usize,
    to: usize,
    /// Bytes of the member that are still to be read.
    left: u64,
}

impl State {
    /// Reads the local header, and as much of the data as comes with it.
    fn begin(&mut self, reader: &mut SharedReader, stored: &Stored) -> std::io::Result<Input> {
        reader.seek(SeekFrom::Start(stored.header))?;
        let wanted = usize::try_from(HEAD.saturating_add(stored.compressed)).unwrap_or(PIECE).min(PIECE);
        let mut to = 0;
        while to < wanted {
            match reader.read(&mut self.input[to..wanted])? {
                0 => break,
                count => to += count,
            }
        }
        let cut = || Error::new(ErrorKind::UnexpectedEof, "failed to fill whole buffer");
        let lengths = self.input[..to].get(LENGTHS_AT..LOCAL_HEADER).ok_or_else(cut)?;
        let length = |at: usize| u64::from(u16::from_le_bytes([lengths[at], lengths[at + 1]]));
        let head = LOCAL_HEADER as u64 + length(0) + length(2);
        let from = usize::try_from(head).unwrap_or(usize::MAX).min(to);
        if from == to {
            reader.seek(SeekFrom::Start(stored.header.saturating_add(head)))?;
            return Ok(Input { from, to, left: stored.compressed });
        }
        let here = ((to - from) as u64).min(stored.compressed);
        Ok(Input { from, to: from + here as usize, left: stored.compressed - here })
    }

    fn inflate(&mut self, reader: &mut SharedReader, stored: &Stored, limit: u64) -> std::io::Result<Vec<u8>> {
        let mut input = self.begin(reader, stored)?;
        self.decompress.reset(false);
        // One byte more than claimed, so that a size too small shows.
        let most = usize::try_from(stored.size.min(limit)).unwrap_or(usize::MAX).saturating_add(1);
        let (mut bytes, mut sum) = (Vec::new(), Hasher::new());
        loop {
            if input.from == input.to {
                let wanted = usize::try_from(input.left).unwrap_or(PIECE).min(PIECE);
                let count = reader.read(&mut self.input[..wanted])?;
                (input.from, input.to, input.left) = (0, count, input.left - count as u64);
            }
            if bytes.len() == bytes.capacity() {
                // Its size is a claim: memory is taken as bytes really come.
                bytes.reserve_exact((most - bytes.len()).min(bytes.len().max(FIRST)));
            }
            let before = bytes.len();
            let (before_in, before_out) = (self.decompress.total_in(), self.decompress.total_out());
            bytes.resize(bytes.capacity().min(before + OUT), 0);
            let status = self
                .decompress
                .decompress(&self.input[input.from..input.to], &mut bytes[before..], FlushDecompress::None)
                .map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
            let taken = (self.decompress.total_in() - before_in) as usize;
            bytes.truncate(before + (self.decompress.total_out() - before_out) as usize);
            input.from += taken;
            sum.update(&bytes[before..]);
            let is_end = status == Status::StreamEnd;
            if bytes.len() as u64 > stored.size {
                return Err(Error::new(ErrorKind::InvalidData, "more bytes than its header says"));
            }
            if is_end && sum.clone().finalize() != stored.crc {
                return Err(Error::new(ErrorKind::InvalidData, "invalid checksum"));
            }
            if is_end || bytes.len() as u64 >= limit {
                bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                return Ok(bytes);
            }
            if taken == 0 && bytes.len() == before && (input.from < input.to || input.to == 0) {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }
}
