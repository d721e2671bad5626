"""
The settings of Postfix and Dovecot: all in one folder, all on one address of the loopback.

That address is not 127.0.0.1, from which clients come: where both ends have the same one, Dovecot
takes a login without TLS.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.2"
DOMAIN = "example.org"
BOUNCE_DOMAIN = "bounce.example.org"
LATE_DOMAIN = "late.example.org"
MAIL_USER = "mail"

_NOWHERE = "error:5.4.4 Nothing leaves this host"


@dataclass(frozen=True)
class Ports:
    """Where the parts of a mail host listen."""

    submission: int
    submissions: int
    imap: int
    imaps: int
    lmtp: int
    auth: int


def postfix_main(folder: Path, ports: Ports, certificate: Path) -> str:
    """Return Postfix's main.cf."""
    settings = {
        "compatibility_level": "3.6",
        "queue_directory": folder / "queue",
        "data_directory": folder / "data",
        "maillog_file": folder / "postfix.log",
        "maillog_file_prefixes": folder,
        "myhostname": f"mail.{DOMAIN}",
        "myorigin": DOMAIN,
        "mydestination": "",
        "mynetworks": "",
        "inet_interfaces": "127.0.0.1",  # one that an interface has; master.cf says where to listen
        "inet_protocols": "ipv4",
        "disable_dns_lookups": "yes",
        "smtpd_peername_lookup": "no",
        "alias_maps": "",
        "alias_database": "",
        "virtual_mailbox_domains": DOMAIN,
        "virtual_mailbox_maps": "static:all",
        "virtual_transport": f"lmtp:inet:{HOST}:{ports.lmtp}",
        "relay_domains": f"{BOUNCE_DOMAIN} {LATE_DOMAIN}",
        "parent_domain_matches_subdomains": "",
        "default_transport": _NOWHERE,
        "relay_transport": _NOWHERE,
        "transport_maps": f"inline:{{ {LATE_DOMAIN}=late: }}",
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": f"inet:{HOST}:{ports.auth}",
        "smtpd_tls_auth_only": "yes",
        "smtpd_tls_chain_files": certificate,
        "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
        "smtpd_recipient_restrictions": (
            "check_recipient_access inline:{ "
            f"{{{BOUNCE_DOMAIN} = 550 5.1.1 No such mailbox}} }}, permit_sasl_authenticated, reject"
        ),
        "smtpd_error_sleep_time": "0",
        "in_flow_delay": "0",
        "message_size_limit": "52428800",
        "virtual_mailbox_limit": "0",
    }
    return "".join(f"{name} = {value}\n" for name, value in settings.items())


def postfix_master(ports: Ports) -> str:
    """
    Return Postfix's master.cf; no service of it talks to another host.

    The delivery agent `late` knows no mailbox (67 is EX_NOUSER), but smtpd does not know that, as
    it would of `error`.
    """
    return f"""
{HOST}:{ports.submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
{HOST}:{ports.submissions} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
late unix - n n - - pipe
  user=nobody argv=/bin/sh -c {{echo The mailbox was closed.; exit 67}}
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def dovecot(folder: Path, ports: Ports, certificate: Path, password: str, version: str) -> str:
    """Return Dovecot's settings; from 2.4 on they have other names."""
    sent = "\\Sent" if version.startswith("2.3") else '"\\\\Sent"'
    special = _dovecot_2_3 if version.startswith("2.3") else _dovecot_2_4
    return f"""
{special(folder, certificate, password)}
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
listen = {HOST}
ssl = required
first_valid_uid = 1
mail_max_userip_connections = 100
auth_failure_delay = 0
mail_fsync = never
service imap-login {{
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {ports.imap}
  }}
  inet_listener imaps {{
    port = {ports.imaps}
    ssl = yes
  }}
}}
service imap {{
  service_count = 100
}}
namespace inbox {{
  inbox = yes
  mailbox "Gesendete Objekte" {{
    special_use = {sent}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {ports.lmtp}
  }}
}}
service auth {{
  client_limit = 5000
  inet_listener auth {{
    port = {ports.auth}
  }}
}}
"""


def _dovecot_2_3(folder: Path, certificate: Path, password: str) -> str:
    return f"""
protocols = imap lmtp
ssl_cert = <{certificate}
ssl_key = <{certificate}
mail_location = maildir:~/Maildir
service anvil {{
  # Else a wrong password slows down all logins after it.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={MAIL_USER} gid={MAIL_USER} home={folder}/mail/%Lu allow_all_users=yes
}}
"""


def _dovecot_2_4(folder: Path, certificate: Path, password: str) -> str:
    return f"""
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols = imap lmtp
ssl_server_cert_file = {certificate}
ssl_server_key_file = {certificate}
mail_driver = maildir
mail_path = ~/Maildir
mail_uid = {MAIL_USER}
mail_gid = {MAIL_USER}
mail_home = {folder}/mail/%{{user | lower}}
passdb static {{
  passdb_static_password = {password}
}}
userdb static {{
  userdb_static_allow_all_users = yes
}}
"""
