//! The commands as people call them: the README's, and those under `tests/commands/`, with output and exit code.

#[test]
fn commands_print_what_is_written_of_them() {
    trycmd::TestCases::new().case("README.md").case("docs/*.md").case("tests/commands/*.trycmd");
}
