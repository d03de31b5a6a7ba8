//! `git cat-file --batch` processes: started when they are needed, kept, at most a few of them.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::tree::TreeError;
use crate::tree::git::{self, Git};

/// Most processes at a time.
const PROCESSES: usize = 4;
/// Fewest blobs for which another process is worth its start.
const SHARE: usize = 64;

/// The processes of one repository.
#[derive(Debug)]
pub(super) struct Workers {
    git: Git,
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct Pool {
    idle: Vec<Worker>,
    busy: usize,
}

#[derive(Debug)]
struct Worker {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Workers {
    pub(super) fn new(git: Git) -> Self {
        Self { git, pool: Mutex::default(), returned: Condvar::new() }
    }

    /// The bytes of a blob.
    pub(super) fn read(&self, blob: &str, cap: u64) -> Result<Vec<u8>, TreeError> {
        let lost = || Err(TreeError::Git("git gave no answer".into()));
        self.ask(&[blob], cap).pop().unwrap_or_else(lost)
    }

    /// The bytes of many blobs, in the order asked, shared between processes.
    pub(super) fn read_many(&self, blobs: &[&str], cap: u64) -> Vec<Result<Vec<u8>, TreeError>> {
        let count = blobs.len().div_ceil(SHARE).clamp(1, PROCESSES);
        if count == 1 {
            return self.ask(blobs, cap);
        }
        std::thread::scope(|scope| {
            let parts = blobs.chunks(blobs.len().div_ceil(count));
            let asked: Vec<_> = parts.map(|part| (part, scope.spawn(move || self.ask(part, cap)))).collect();
            let lost = |part: &[&str]| vec![Err(TreeError::Git("git could not be asked".into())); part.len()];
            asked.into_iter().flat_map(|(part, answers)| answers.join().unwrap_or_else(|_| lost(part))).collect()
        })
    }

    /// Asks one process; when it ends over a blob, another one goes on behind that.
    fn ask(&self, blobs: &[&str], cap: u64) -> Vec<Result<Vec<u8>, TreeError>> {
        let mut answers = Vec::with_capacity(blobs.len());
        while answers.len() < blobs.len() {
            let mut worker = match self.take() {
                Ok(worker) => worker,
                Err(error) => {
                    answers.resize(blobs.len(), Err(error));
                    break;
                }
            };
            let rest = &blobs[answers.len()..];
            let got = worker.ask(rest, cap, &mut answers);
            self.give_back(got.is_ok().then_some(worker));
            if got.is_err() {
                // Without lazy fetching (a partial clone) git ends over an object that is not there.
                answers.push(Err(missing()));
            }
        }
        answers
    }

    fn take(&self) -> Result<Worker, TreeError> {
        let mut pool = self.lock();
        loop {
            if let Some(worker) = pool.idle.pop() {
                pool.busy += 1;
                return Ok(worker);
            }
            if pool.busy < PROCESSES {
                pool.busy += 1;
                drop(pool);
                return Worker::start(&self.git).inspect_err(|_| self.give_back(None));
            }
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, worker: Option<Worker>) {
        let mut pool = self.lock();
        pool.busy -= 1;
        pool.idle.extend(worker);
        drop(pool);
        self.returned.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The process is at its end, or no longer says what it should.
struct Ended;

impl Worker {
    fn start(git: &Git) -> Result<Self, TreeError> {
        let mut command = git.command(&["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| git::failure(&error))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(requests), Some(answers)) => {
                Ok(Self { child, requests, answers: BufReader::with_capacity(64 * 1024, answers) })
            }
            _ => Err(TreeError::Git("git could not be started".into())),
        }
    }

    /// Adds an answer for each blob. Requests go out on a thread of their own: git answers while it
    /// is still being asked, and with nobody reading both sides would wait for each other.
    fn ask(&mut self, blobs: &[&str], cap: u64, answers: &mut Vec<Result<Vec<u8>, TreeError>>) -> Result<(), Ended> {
        let (requests, incoming) = (&mut self.requests, &mut self.answers);
        if let [blob] = blobs {
            requests.write_all(format!("{blob}\n").as_bytes()).and_then(|()| requests.flush()).map_err(|_| Ended)?;
            answers.push(answer(incoming, cap)?);
            return Ok(());
        }
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let all: String = blobs.iter().flat_map(|blob| [*blob, "\n"]).collect();
                // A process that has ended is noticed by who reads.
                let _ = requests.write_all(all.as_bytes()).and_then(|()| requests.flush());
            });
            for _ in blobs {
                answers.push(answer(incoming, cap)?);
            }
            Ok(())
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads one answer: `oid type size`, the bytes, a line break; or `oid missing`.
fn answer(from: &mut impl BufRead, cap: u64) -> Result<Result<Vec<u8>, TreeError>, Ended> {
    let mut header = Vec::new();
    from.take(4096).read_until(b'\n', &mut header).map_err(|_| Ended)?;
    let header = String::from_utf8_lossy(&header);
    if !header.ends_with('\n') {
        return Err(Ended);
    }
    if header.trim_end().ends_with(" missing") {
        return Ok(Err(missing()));
    }
    let size: u64 = header.split_ascii_whitespace().nth(2).and_then(|size| size.parse().ok()).ok_or(Ended)?;
    let bytes = if size > cap {
        std::io::copy(&mut from.take(size), &mut std::io::sink()).map_err(|_| Ended)?;
        Err(TreeError::TooLarge { size, cap })
    } else {
        let mut bytes = Vec::with_capacity(usize::try_from(size).map_err(|_| Ended)?);
        from.take(size).read_to_end(&mut bytes).map_err(|_| Ended)?;
        if bytes.len() as u64 != size {
            return Err(Ended);
        }
        Ok(bytes)
    };
    let mut line_break = [0];
    from.read_exact(&mut line_break).map_err(|_| Ended)?;
    Ok(bytes)
}

fn missing() -> TreeError {
    TreeError::Damaged("git object is not in the repository (a partial clone, or damaged)".into())
}
