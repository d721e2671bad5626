#!/bin/sh
# Installs the Debian packages named that are missing; command:package is there if the command is. Elsewhere, or without the right to, it says what to do.
set -eu
command -v dpkg-query >/dev/null 2>&1 || {
	command -v soffice >/dev/null 2>&1 || [ -d /Applications/LibreOffice.app ] ||
		echo "Tests need other programs: brew install --cask libreoffice; brew install poppler gnumeric node openjdk" >&2
	exit 0
}
missing=""
for wanted in "$@"; do
	package=${wanted#*:}
	[ "$package" = "$wanted" ] || ! command -v "${wanted%%:*}" >/dev/null 2>&1 || continue
	dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
		missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
	echo "Missing system packages; install them with: sudo apt-get install$missing" >&2
	exit 1
fi
echo "Installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# The tests start the servers themselves, each with its own settings; none of the system's is to start, or to ask for any.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	trap 'rm -f "$policy"' EXIT
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod +x "$policy"
fi
case "$missing " in
*" postfix "*) echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections ;;
esac
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null
