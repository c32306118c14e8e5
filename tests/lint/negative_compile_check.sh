#!/bin/sh
# negative_compile_check.sh LOG PATTERN
# Passes when LOG is of a compilation that failed and has a line that matches PATTERN.
log=$1
pattern=$2

case $(head -n 1 "$log") in
  'not for this compiler')
    echo 'nothing to check with this compiler'
    exit 0
    ;;
  'exit status 0')
    echo 'FAILED: it compiles, but must not'
    exit 1
    ;;
  'exit status '*) ;;
  *)
    echo "FAILED: $log is no log of a compilation"
    exit 1
    ;;
esac

if sed 1d "$log" | grep -q -E -e "$pattern"; then
  exit 0
fi
echo "FAILED: no line of the compiler's output matches: $pattern"
echo 'The output:'
sed 1d "$log"
exit 1
