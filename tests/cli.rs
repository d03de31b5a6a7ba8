//! The command line as users meet it: `TRYCMD=overwrite cargo test --test cli` renews the outputs.

#[test]
fn the_command_line_says_what_it_should() {
    trycmd::TestCases::new().case("tests/cmd/*.toml").env("NO_COLOR", "1");
}
