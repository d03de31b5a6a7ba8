//! Reading an archive's bytes from many threads at once: each reader has a place of its own.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

/// Bytes that are read ahead. Central directories are read through it record by record; local
/// headers are far apart, so more would be read in vain.
const AHEAD: usize = 8 * 1024;

/// What holds the bytes.
#[derive(Clone, Debug)]
enum Store {
    File(Arc<File>),
    Memory(Arc<[u8]>),
}

/// A reader with its own place over shared bytes; a clone starts where the original stands.
#[derive(Debug)]
pub(super) struct SharedReader {
    store: Store,
    length: u64,
    at: u64,
    /// Bytes read ahead, and where they begin.
    ahead: Vec<u8>,
    ahead_at: u64,
}

impl SharedReader {
    pub(super) fn of_file(file: File) -> std::io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self::new(Store::File(Arc::new(file)), length))
    }

    pub(super) fn of_bytes(bytes: Vec<u8>) -> Self {
        let length = bytes.len() as u64;
        Self::new(Store::Memory(bytes.into()), length)
    }

    /// How many bytes there are.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    fn new(store: Store, length: u64) -> Self {
        Self { store, length, at: 0, ahead: Vec::new(), ahead_at: 0 }
    }

    /// Fills `ahead` from the current place.
    fn read_ahead(&mut self, file: &File) -> std::io::Result<()> {
        self.ahead.resize(AHEAD, 0);
        self.ahead_at = self.at;
        let count = read_at(file, &mut self.ahead, self.at)?;
        self.ahead.truncate(count);
        Ok(())
    }

    /// What is read ahead and still to come.
    fn rest_of_ahead(&self) -> &[u8] {
        let offset = self.at.checked_sub(self.ahead_at).and_then(|offset| usize::try_from(offset).ok());
        offset.and_then(|offset| self.ahead.get(offset..)).unwrap_or_default()
    }
}

impl Clone for SharedReader {
    fn clone(&self) -> Self {
        Self { store: self.store.clone(), length: self.length, at: self.at, ahead: Vec::new(), ahead_at: 0 }
    }
}

impl Read for SharedReader {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = match self.store.clone() {
            Store::Memory(bytes) => {
                let start = usize::try_from(self.at).unwrap_or(usize::MAX).min(bytes.len());
                copy(&bytes[start..], out)
            }
            Store::File(file) if out.len() >= AHEAD && self.rest_of_ahead().is_empty() => read_at(&file, out, self.at)?,
            Store::File(file) => {
                if self.rest_of_ahead().is_empty() {
                    self.read_ahead(&file)?;
                }
                copy(self.rest_of_ahead(), out)
            }
        };
        self.at += count as u64;
        Ok(count)
    }
}

fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let count = from.len().min(to.len());
    to[..count].copy_from_slice(&from[..count]);
    count
}

impl Seek for SharedReader {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = place.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(unix)]
fn read_at(file: &File, out: &mut [u8], at: u64) -> std::io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, out, at)
}

#[cfg(windows)]
fn read_at(file: &File, out: &mut [u8], at: u64) -> std::io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, out, at)
}
