//! Choices from a seed, the same on every machine (the generator known as split mix).

/// Choices from bytes while there are any, then from a seed. Small changes of bytes make small changes of what is made.
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: u64,
    /// The bytes that are left, the next one last.
    bytes: Vec<u8>,
}

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self { state: seed, bytes: Vec::new() }
    }

    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        Self { state: 0, bytes: bytes.iter().rev().copied().collect() }
    }

    pub(super) const fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        match self.bytes.pop() {
            Some(byte) if bound <= 256 => u64::from(byte) % bound,
            _ => self.bits() % bound,
        }
    }

    /// A number from one to another, both included.
    pub(super) fn between(&mut self, least: i64, most: i64) -> i64 {
        least + i64::try_from(self.below(u64::try_from(most - least).unwrap() + 1)).unwrap()
    }

    /// True once in so many times.
    pub(super) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(super) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()].clone()
    }
}
