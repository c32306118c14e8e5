#!/bin/sh
# negative_compile_check.sh must fail whenever the code did not fail to compile for the expected reason.
check=$TEST_SRCDIR/$TEST_WORKSPACE/tests/lint/negative_compile_check.sh
log=$TEST_TMPDIR/log
failures=0

# expect pass|fail PATTERN LOG…
expect() {
  expected=$1
  pattern=$2
  shift 2
  printf '%s\n' "$@" >"$log"
  if "$check" "$log" "$pattern" >"$TEST_TMPDIR/output" 2>&1; then actual=pass; else actual=fail; fi
  if [ "$actual" != "$expected" ]; then
    echo "expected $expected, but got $actual, for $pattern in:"
    cat "$log" "$TEST_TMPDIR/output"
    failures=$((failures + 1))
  fi
}

expect pass 'no closures( here)?' 'exit status 1' 'a.cc:1:2: error: no closures here'
expect pass '-Wdangling' 'exit status 1' 'a.cc:1:2: error: gone [-Wdangling]'
expect pass 'anything' 'not for this compiler'
expect fail 'no closures' 'exit status 0' 'a.cc:1:2: warning: no closures here'
expect fail 'no closures' 'exit status 1' 'a.cc:1:2: error: no such file'
expect fail 'exit status' 'exit status 1' 'a.cc:1:2: error: no such file'
expect fail 'anything' 'exit status 0'
expect fail '.*' ''

exit "$failures"
