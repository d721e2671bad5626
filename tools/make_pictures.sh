#!/bin/sh
# Renders the pictures of the documentation from the demo's workbooks; needs soffice, pdftoppm and chromium.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/.venv/bin/iml4e" demo "$work/demo" --quiet >/dev/null
cd "$work"
soffice --headless "-env:UserInstallation=file://$work/profile" --convert-to pdf \
	demo/returned/*/demand-forecast-ben.xlsx >/dev/null 2>&1
page() { # page number, picture's name
	pdftoppm -r 110 -png -f "$1" -l "$1" -singlefile demand-forecast-ben.pdf "$root/docs/images/$2"
}
number() { # the first page whose footer names the sheet
	count=$(pdfinfo demand-forecast-ben.pdf | sed -n 's/^Pages: *//p')
	for n in $(seq 1 "$count"); do
		pdftotext -layout -f "$n" -l "$n" demand-forecast-ben.pdf - | tail -n 3 | grep -q "$1" && echo "$n" && return
	done
}
page "$(number 'Start ')" cover
page "$(number 'DG Data')" area
page "$(number 'Summary ')" summary
cp demo/radar.png "$root/docs/images/radar.png"
chromium --headless --no-sandbox --hide-scrollbars --window-size=1280,1250 \
	"--screenshot=$root/docs/images/report.png" "file://$work/demo/report.html" >/dev/null 2>&1
