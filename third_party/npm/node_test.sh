#!/bin/sh
# Runs a file of node:test.
exec node "$1"
