//! Well-typed rules and claims made of any bytes: the typed form gives what Rhai's interpreter gives.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The oracle is compiled where `cargo fuzz` sets this, and in tests.
    #[cfg(fuzzing)]
    meed::script::oracle::compare_rules_of(bytes);
    #[cfg(not(fuzzing))]
    let _ = bytes;
});
