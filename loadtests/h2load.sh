#!/usr/bin/env bash
# The retry path by h2load: one Authorize body sent over and over to a server that runs already.
#   loadtests/h2load.sh [HOST:PORT] [SECONDS]     needs h2load (package nghttp2-client) and a built creditgrains
# The facility is drawn from the first 10,000,000 unless FACILITIES says otherwise; it must exist, or all are declines.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
address=${1:-127.0.0.1:5090} seconds=${2:-10}
body=$(mktemp)
trap 'rm -f "$body"' EXIT

dotnet src/CreditGrains.Cli/bin/Release/net10.0/creditgrains.dll bench body --out "$body" --facilities "${FACILITIES:-10000000}"
h2load -c 16 -m 16 -t 1 -D "$seconds" --warm-up-time 3 -d "$body" \
  -H 'content-type: application/grpc' -H 'te: trailers' \
  "http://$address/creditgrains.v1.LimitService/Authorize"
