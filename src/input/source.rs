//! The bytes of a file: opened, unpacked, bounded, and looked at so far as to say what they are.

use std::{
    cell::Cell,
    fmt,
    fs::File,
    io::{self, Read},
    path::Path,
    rc::Rc,
};

use super::{InputError, MAX_UNPACKED_BYTES};

/// How much of a file is looked at before it is read.
const HEAD_BYTES: u64 = 256 * 1024;
/// How much of a file must hold no zero byte.
const TEXT_BYTES: usize = 8 * 1024;
/// How many rows are read between two reports of progress.
const ROWS_BETWEEN_REPORTS: usize = 4096;

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const UTF_16: [&[u8]; 2] = [b"\xFF\xFE", b"\xFE\xFF"];
/// XLSX, ODS and archives; XLS.
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xD0\xCF\x11\xE0"];
const GZIP: &[u8] = b"\x1F\x8B";
const ZSTD: &[u8] = b"\x28\xB5\x2F\xFD";

/// Opens a claims file or a table's file. Errors call it as it was `named`.
pub fn open(path: &Path, named: &Path) -> Result<File, InputError> {
    #[expect(clippy::disallowed_methods, reason = "the one place that opens claims files")]
    let opened = File::open(path);
    let directory = || io::Error::from(io::ErrorKind::IsADirectory);
    opened
        .and_then(|file| if file.metadata()?.is_dir() { Err(directory()) } else { Ok(file) })
        .map_err(|source| InputError::Unopened { file: named.display().to_string(), source })
}

/// Why a stream of bytes ends early, as it travels through the readers between.
#[derive(Debug)]
pub(super) enum Stop {
    /// The disk, the network or the pipe failed.
    Failed(io::Error),
    /// More is unpacked than may be.
    TooLarge,
    /// The current row grows over its bound.
    RowTooLong,
}

impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(formatter),
            Self::TooLarge => formatter.write_str("too large"),
            Self::RowTooLong => formatter.write_str("row too long"),
        }
    }
}

impl std::error::Error for Stop {}

impl From<Stop> for io::Error {
    fn from(stop: Stop) -> Self {
        Self::other(stop)
    }
}

/// Which file it is, how far it was read, and so what an error within it means.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) file: String,
    taken: Rc<Cell<u64>>,
    max_bytes: u64,
}

impl Place {
    /// The error for people, after so many rows, in the row that starts on this line.
    pub(super) fn error(&self, error: io::Error, rows: usize, line: u64) -> InputError {
        let file = self.file.clone();
        match error.downcast::<Stop>() {
            Ok(Stop::Failed(source)) => InputError::Interrupted { file, rows, source },
            Ok(Stop::TooLarge) => InputError::TooLarge { file, gibibytes: self.max_bytes >> 30 },
            Ok(Stop::RowTooLong) => InputError::RowTooLong { file, line },
            Err(_) => InputError::Damaged { file, rows },
        }
    }

    /// Reports the raw bytes taken so far, now and then.
    pub(super) fn report(&self, rows: usize, progress: &mut dyn FnMut(u64)) {
        if rows.is_multiple_of(ROWS_BETWEEN_REPORTS) {
            self.report_all(progress);
        }
    }

    /// Reports the raw bytes taken in all.
    pub(super) fn report_all(&self, progress: &mut dyn FnMut(u64)) {
        progress(self.taken.get());
    }
}

/// A file as text of some encoding, without a byte order mark.
pub(super) struct Source<'s> {
    pub(super) place: Place,
    /// Its first bytes, to be looked at.
    pub(super) head: Vec<u8>,
    rest: Box<dyn Read + 's>,
    /// What stopped the reading of the head. It counts once the head itself is read.
    stopped: Option<io::Error>,
}

impl<'s> Source<'s> {
    /// Unpacks a stream and looks at its start. Fails where it is no text that can be read.
    pub(super) fn new(name: &str, stream: impl Read + 's) -> Result<Self, InputError> {
        Self::bounded(name, stream, MAX_UNPACKED_BYTES)
    }

    fn bounded(name: &str, stream: impl Read + 's, max_bytes: u64) -> Result<Self, InputError> {
        let place = Place { file: name.to_owned(), taken: Rc::default(), max_bytes };
        let raw = Raw { stream, taken: Rc::clone(&place.taken) };
        let unpacked = unpack(raw).map_err(|error| place.error(error, 0, 1))?;
        let mut rest: Box<dyn Read + 's> = Box::new(Unpacked { stream: unpacked, left: max_bytes });
        let mut head = Vec::new();
        let stopped = rest.by_ref().take(HEAD_BYTES).read_to_end(&mut head).err();
        while head.starts_with(BYTE_ORDER_MARK) {
            head.drain(..BYTE_ORDER_MARK.len());
        }
        refuse(&head, &place.file)?;
        Ok(Self { place, head, rest, stopped })
    }

    /// The place, and all bytes from the first on.
    pub(super) fn into_parts(self) -> (Place, impl Read + 's) {
        let stopped = Stopped(self.stopped);
        (self.place, io::Cursor::new(self.head).chain(stopped).chain(self.rest))
    }
}

fn refuse(head: &[u8], file: &str) -> Result<(), InputError> {
    let file = || file.to_owned();
    let starts = |marks: [&[u8]; 2]| marks.iter().any(|mark| head.starts_with(mark));
    if starts(UTF_16) {
        return Err(InputError::Utf16 { file: file() });
    }
    if starts(WORKBOOKS) {
        return Err(InputError::Workbook { file: file() });
    }
    if head.iter().take(TEXT_BYTES).any(|byte| *byte == 0) {
        return Err(InputError::NotText { file: file() });
    }
    Ok(())
}

/// Compression is told from the first bytes: names lie.
fn unpack<'s>(mut raw: impl Read + 's) -> io::Result<Box<dyn Read + 's>> {
    let mut mark = Vec::new();
    raw.by_ref().take(ZSTD.len() as u64).read_to_end(&mut mark)?;
    let (gzip, zstd) = (mark.starts_with(GZIP), mark == ZSTD);
    let whole = io::Cursor::new(mark).chain(raw);
    Ok(if gzip {
        Box::new(flate2::read::MultiGzDecoder::new(whole))
    } else if zstd {
        Box::new(zstd::stream::read::Decoder::new(whole)?)
    } else {
        Box::new(whole)
    })
}

/// The bytes as they come, counted. Its failures are marked, so that they aren't taken for damage to the file.
struct Raw<R> {
    stream: R,
    taken: Rc<Cell<u64>>,
}

impl<R: Read> Read for Raw<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.stream.read(buffer) {
                Ok(count) => {
                    self.taken.set(self.taken.get() + count as u64);
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Stop::Failed(error).into()),
            }
        }
    }
}

/// The unpacked bytes, bounded: a small file can unpack to any size.
struct Unpacked<R> {
    stream: R,
    left: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or(Stop::TooLarge)?;
        Ok(count)
    }
}

/// No bytes, but an error where there was one.
struct Stopped(Option<io::Error>);

impl Read for Stopped {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> InputError {
        Source::new("claims.csv", bytes).err().unwrap()
    }

    #[test]
    fn what_is_no_text_is_refused_with_a_remedy() {
        assert!(matches!(refused(b"\xFF\xFEi\0d\0"), InputError::Utf16 { .. }));
        assert!(matches!(refused(b"\xFE\xFF\0i\0d"), InputError::Utf16 { .. }));
        assert!(matches!(refused(b"id,\0name"), InputError::NotText { .. }));
        let error = refused(b"PK\x03\x04rest");
        assert_eq!(error.to_string(), "`claims.csv` is a workbook or an archive, not a text file");
        assert!(error.help().unwrap().contains("save the sheet as CSV"));
        assert_eq!(refused(b"\xFF\xFEi\0").help().unwrap(), "save it as CSV UTF-8");
    }

    #[test]
    fn what_a_file_unpacks_to_is_bounded() {
        let packed = zstd::encode_all(io::repeat(b'x').take(1 << 22), 1).unwrap();
        let source = Source::bounded("claims.csv.zst", packed.as_slice(), 1 << 20).unwrap();
        let (place, mut bytes) = source.into_parts();
        let error = io::copy(&mut bytes, &mut io::sink()).unwrap_err();
        assert!(matches!(place.error(error, 0, 1), InputError::TooLarge { .. }));
    }

    #[test]
    fn a_failing_disk_is_not_taken_for_a_damaged_file() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::from(io::ErrorKind::TimedOut))
            }
        }
        let packed = zstd::encode_all(b"a,b\n".as_slice(), 1).unwrap();
        let source = Source::new("claims.csv.zst", packed[..6].chain(Failing)).unwrap();
        let (place, mut bytes) = source.into_parts();
        let error = io::copy(&mut bytes, &mut io::sink()).unwrap_err();
        assert!(matches!(place.error(error, 0, 1), InputError::Interrupted { .. }));
    }

    #[test]
    fn a_file_that_is_not_there_and_a_directory_can_not_be_opened() {
        for path in ["/nowhere/claims.csv", "/"] {
            let error = open(Path::new(path), Path::new(path)).unwrap_err();
            assert_eq!(error.to_string(), format!("`{path}` can't be opened"));
            assert_eq!(error.code(), crate::diagnostic::Code::FileUnopened);
        }
    }
}
