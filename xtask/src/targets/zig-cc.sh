#!/bin/sh
# Written by `cargo xtask targets`: a C compiler for the cc crate, which takes it for clang.
# The crate passes a target in clang's and Apple's spelling, which zig does not know; those flags are dropped and zig's own is set.
n=$#
while [ "$n" -gt 0 ]; do
  a=$1; shift; n=$((n - 1))
  case "$a" in
    --target=*|-m*-version-min=*) ;;
    -arch|-isysroot|-target) shift; n=$((n - 1)) ;;
    *) set -- "$@" "$a" ;;
  esac
done
ZIG_GLOBAL_CACHE_DIR=@CACHE@ ZIG_LOCAL_CACHE_DIR=@CACHE@
export ZIG_GLOBAL_CACHE_DIR ZIG_LOCAL_CACHE_DIR
exec @ZIG@ cc -target @TARGET@ @HEADERS@ "$@"
