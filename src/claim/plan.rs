//! How rows are laid out: where each column's cell stands in the bytes of a row.

/// The kinds of cell that a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// True or false.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Exact decimals.
    Decimal,
    /// Text as written.
    Text,
    /// Civil dates.
    Date,
    /// Lists of values, each packed into a text.
    List,
}

impl ColumnKind {
    /// How many bytes of a row a cell takes.
    const fn bytes(self) -> usize {
        match self {
            Self::Boolean => 1,
            Self::Text | Self::List => 2,
            Self::Date => 4,
            Self::Integer | Self::Decimal => 8,
        }
    }

    /// Whether its cells stand among the row's texts.
    pub(super) const fn is_among_texts(self) -> bool {
        matches!(self, Self::Text | Self::List)
    }
}

/// Where a column stands in every row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) kind: ColumnKind,
    /// The first byte of the cell. A text's is where it ends, counted from the start of the row's texts.
    pub(super) at: usize,
    /// For a text: where the text before it says that it ends; `None` for the first.
    pub(super) before: Option<usize>,
    /// The byte and the bit that say whether the cell is filled.
    pub(super) filled: (usize, u8),
}

/// How rows of some columns are laid out: first where the row's texts start, then the bits of filled cells, then the
/// cells.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    pub(super) slots: Vec<Slot>,
    /// Where the last text says that it ends.
    pub(super) last_text: Option<usize>,
    /// Bytes of one row.
    pub(super) stride: usize,
}

/// The bytes that say where a row's texts start.
const START_BYTES: usize = 4;

impl Plan {
    /// No columns.
    pub(super) const NONE: Self = Self { slots: Vec::new(), last_text: None, stride: 0 };

    /// The layout of columns of these kinds.
    pub(super) fn new(kinds: impl IntoIterator<Item = ColumnKind>) -> Self {
        let kinds: Vec<ColumnKind> = kinds.into_iter().collect();
        let (mut at, mut last_text) = (START_BYTES + kinds.len().div_ceil(8), None);
        let slots = kinds.into_iter().enumerate().map(|(column, kind)| {
            let slot = Slot { kind, at, before: last_text, filled: (START_BYTES + column / 8, 1 << (column % 8)) };
            if kind.is_among_texts() {
                last_text = Some(at);
            }
            at += kind.bytes();
            slot
        });
        let slots = slots.collect();
        Self { slots, last_text, stride: at }
    }
}

/// Writes a cell; whether there is room for it.
#[inline]
pub(super) fn set<const N: usize>(row: &mut [u8], at: usize, value: [u8; N]) -> bool {
    row.get_mut(at..at + N).map(|cell| cell.copy_from_slice(&value)).is_some()
}

/// Reads a cell.
#[inline]
pub(super) fn get<const N: usize>(row: &[u8], at: usize) -> [u8; N] {
    row.get(at..at + N).and_then(|cell| cell.try_into().ok()).unwrap_or([0; N])
}
