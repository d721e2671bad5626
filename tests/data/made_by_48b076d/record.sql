SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.answers (
    returned integer NOT NULL,
    statement character varying(32) NOT NULL,
    rating integer,
    applicable boolean NOT NULL,
    evidence text NOT NULL
);
CREATE TABLE public.campaigns (
    id character varying(32) NOT NULL,
    name text NOT NULL,
    scheme text NOT NULL,
    version text NOT NULL,
    created timestamp with time zone NOT NULL,
    roster_sha256 text NOT NULL,
    previous json NOT NULL,
    successor text NOT NULL
);
CREATE TABLE public.deliveries (
    id integer NOT NULL,
    returned integer NOT NULL,
    message_id text NOT NULL,
    sender text NOT NULL,
    received timestamp with time zone NOT NULL,
    modified timestamp with time zone
);
CREATE SEQUENCE public.deliveries_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.deliveries_id_seq OWNED BY public.deliveries.id;
CREATE TABLE public.erased (
    campaign character varying(32) NOT NULL,
    sha256 text NOT NULL
);
CREATE TABLE public.events (
    id integer NOT NULL,
    campaign character varying(32) NOT NULL,
    person integer,
    at timestamp with time zone NOT NULL,
    kind character varying(32) NOT NULL,
    detail text NOT NULL
);
CREATE SEQUENCE public.events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.events_id_seq OWNED BY public.events.id;
CREATE TABLE public.mailboxes (
    campaign character varying(32) NOT NULL,
    name text NOT NULL,
    validity bigint NOT NULL,
    last bigint NOT NULL
);
CREATE TABLE public.mails (
    message_id text NOT NULL,
    campaign character varying(32) NOT NULL,
    person integer NOT NULL,
    kind character varying(16) NOT NULL,
    number integer NOT NULL,
    state character varying(16) NOT NULL,
    words text NOT NULL,
    workbook_sha256 text NOT NULL,
    created timestamp with time zone NOT NULL,
    changed timestamp with time zone NOT NULL
);
CREATE TABLE public.people (
    id integer NOT NULL,
    campaign character varying(32) NOT NULL,
    key text NOT NULL,
    mail text NOT NULL,
    address text NOT NULL,
    profile json NOT NULL,
    targets json NOT NULL,
    extra json NOT NULL,
    language text NOT NULL,
    workbook_id character varying(16) NOT NULL,
    listed boolean NOT NULL,
    "position" integer NOT NULL
);
CREATE SEQUENCE public.people_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.people_id_seq OWNED BY public.people.id;
CREATE TABLE public.returned (
    id integer NOT NULL,
    campaign character varying(32) NOT NULL,
    sha256 text NOT NULL,
    person integer,
    matched character varying(16) NOT NULL,
    state character varying(16) NOT NULL,
    file text NOT NULL,
    source text NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    scheme text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    workbook_id text NOT NULL,
    profile json NOT NULL,
    targets json NOT NULL,
    estimates json NOT NULL,
    findings json NOT NULL,
    answered integer NOT NULL,
    total integer NOT NULL,
    collected timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.returned_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.returned_id_seq OWNED BY public.returned.id;
CREATE TABLE public.workbooks (
    id integer NOT NULL,
    person integer NOT NULL,
    fingerprint text NOT NULL,
    sha256 text NOT NULL,
    file text NOT NULL,
    built timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.workbooks_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.workbooks_id_seq OWNED BY public.workbooks.id;
ALTER TABLE ONLY public.deliveries ALTER COLUMN id SET DEFAULT nextval('public.deliveries_id_seq'::regclass);
ALTER TABLE ONLY public.events ALTER COLUMN id SET DEFAULT nextval('public.events_id_seq'::regclass);
ALTER TABLE ONLY public.people ALTER COLUMN id SET DEFAULT nextval('public.people_id_seq'::regclass);
ALTER TABLE ONLY public.returned ALTER COLUMN id SET DEFAULT nextval('public.returned_id_seq'::regclass);
ALTER TABLE ONLY public.workbooks ALTER COLUMN id SET DEFAULT nextval('public.workbooks_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0001');
INSERT INTO public.answers VALUES (3, 'AA-02', 2, true, '');
INSERT INTO public.answers VALUES (3, 'AA-03', NULL, false, '');
INSERT INTO public.answers VALUES (3, 'AA-04', 3, true, '');
INSERT INTO public.answers VALUES (3, 'BB-01', 0, true, '');
INSERT INTO public.answers VALUES (3, 'BB-02', 1, true, '');
INSERT INTO public.answers VALUES (3, 'BB-03', 2, true, '');
INSERT INTO public.answers VALUES (3, 'BB-04', 3, true, '');
INSERT INTO public.answers VALUES (4, 'AA-01', 0, true, '');
INSERT INTO public.answers VALUES (4, 'AA-02', 1, true, '');
INSERT INTO public.answers VALUES (4, 'AA-03', 2, true, '');
INSERT INTO public.answers VALUES (4, 'AA-04', 3, true, '');
INSERT INTO public.answers VALUES (4, 'BB-01', 0, true, '');
INSERT INTO public.answers VALUES (4, 'BB-02', 1, true, '');
INSERT INTO public.answers VALUES (4, 'BB-03', 2, true, '');
INSERT INTO public.answers VALUES (4, 'BB-04', 3, true, '');
INSERT INTO public.answers VALUES (5, 'AA-01', 2, true, '');
INSERT INTO public.answers VALUES (5, 'AA-02', 2, true, '');
INSERT INTO public.answers VALUES (5, 'AA-03', 2, true, '');
INSERT INTO public.answers VALUES (6, 'AA-01', 0, true, '');
INSERT INTO public.answers VALUES (6, 'AA-02', 1, true, '');
INSERT INTO public.answers VALUES (6, 'AA-03', 2, true, '');
INSERT INTO public.answers VALUES (6, 'AA-04', 3, true, '');
INSERT INTO public.answers VALUES (6, 'BB-01', 0, true, '');
INSERT INTO public.answers VALUES (6, 'BB-02', 1, true, '');
INSERT INTO public.answers VALUES (6, 'BB-03', 2, true, '');
INSERT INTO public.answers VALUES (6, 'BB-04', 3, true, '');
INSERT INTO public.answers VALUES (7, 'AA-01', 3, true, 'see the wiki');
INSERT INTO public.answers VALUES (7, 'AA-02', 3, true, '');
INSERT INTO public.answers VALUES (7, 'AA-03', 3, true, '');
INSERT INTO public.answers VALUES (7, 'AA-04', 3, true, '');
INSERT INTO public.answers VALUES (7, 'BB-01', 3, true, '');
INSERT INTO public.answers VALUES (7, 'BB-02', 3, true, '');
INSERT INTO public.answers VALUES (7, 'BB-03', 3, true, '');
INSERT INTO public.answers VALUES (7, 'BB-04', 3, true, '');
INSERT INTO public.campaigns VALUES ('216c6c345fe791ed', 'Round', 'small', '1.0.0', '2026-11-27 22:23:51.790165+00', '0019ce619930846cebfd22fb08fd2fbbb07a72fcb514be57c27bc5e3458e551c', '[]', '');
INSERT INTO public.deliveries VALUES (1, 1, '', '', '2026-11-27 22:23:59.219555+00', '2026-11-27 22:23:59.219555+00');
INSERT INTO public.deliveries VALUES (2, 2, '<1@example.org>', 'dan@example.org', '2026-11-27 10:00:00+00', NULL);
INSERT INTO public.deliveries VALUES (3, 3, '', '', '2026-11-27 22:23:57.9814+00', '2026-11-27 22:23:57.9814+00');
INSERT INTO public.deliveries VALUES (4, 4, '', '', '2026-11-27 22:23:59.2134+00', '2026-11-27 22:23:59.2134+00');
INSERT INTO public.deliveries VALUES (5, 5, '', '', '2026-11-27 22:23:58.1574+00', '2026-11-27 22:23:58.1574+00');
INSERT INTO public.deliveries VALUES (6, 6, '', '', '2026-11-27 22:23:59.401561+00', '2026-11-27 22:23:59.401561+00');
INSERT INTO public.deliveries VALUES (7, 7, '', '', '2026-11-27 22:23:57.789961+00', '2026-11-27 22:23:57.789961+00');
INSERT INTO public.events VALUES (1, '216c6c345fe791ed', 2, '2026-11-27 22:23:51.790165+00', 'built', '');
INSERT INTO public.events VALUES (2, '216c6c345fe791ed', 4, '2026-11-27 22:23:51.790165+00', 'built', '');
INSERT INTO public.events VALUES (3, '216c6c345fe791ed', 1, '2026-11-27 22:23:51.790165+00', 'built', '');
INSERT INTO public.events VALUES (4, '216c6c345fe791ed', 5, '2026-11-27 22:23:51.790165+00', 'built', '');
INSERT INTO public.events VALUES (5, '216c6c345fe791ed', 3, '2026-11-27 22:23:51.790165+00', 'built', '');
INSERT INTO public.events VALUES (6, '216c6c345fe791ed', 2, '2026-11-27 22:23:54.536084+00', 'sending', 'invitation');
INSERT INTO public.events VALUES (7, '216c6c345fe791ed', 2, '2026-11-27 22:23:54.536084+00', 'drafted', '');
INSERT INTO public.events VALUES (8, '216c6c345fe791ed', 4, '2026-11-27 22:23:54.536084+00', 'sending', 'invitation');
INSERT INTO public.events VALUES (9, '216c6c345fe791ed', 4, '2026-11-27 22:23:54.536084+00', 'drafted', '');
INSERT INTO public.events VALUES (10, '216c6c345fe791ed', 1, '2026-11-27 22:23:54.536084+00', 'sending', 'invitation');
INSERT INTO public.events VALUES (11, '216c6c345fe791ed', 1, '2026-11-27 22:23:54.536084+00', 'drafted', '');
INSERT INTO public.events VALUES (12, '216c6c345fe791ed', 5, '2026-11-27 22:23:54.536084+00', 'sending', 'invitation');
INSERT INTO public.events VALUES (13, '216c6c345fe791ed', 5, '2026-11-27 22:23:54.536084+00', 'drafted', '');
INSERT INTO public.events VALUES (14, '216c6c345fe791ed', 3, '2026-11-27 22:23:54.536084+00', 'sending', 'invitation');
INSERT INTO public.events VALUES (15, '216c6c345fe791ed', 3, '2026-11-27 22:23:54.536084+00', 'drafted', '');
INSERT INTO public.events VALUES (16, '216c6c345fe791ed', 2, '2026-11-27 22:23:56.769768+00', 'sent', '');
INSERT INTO public.events VALUES (17, '216c6c345fe791ed', 4, '2026-11-27 22:23:56.769768+00', 'sent', '');
INSERT INTO public.events VALUES (18, '216c6c345fe791ed', 1, '2026-11-27 22:23:56.769768+00', 'sent', '');
INSERT INTO public.events VALUES (19, '216c6c345fe791ed', 5, '2026-11-27 22:23:56.769768+00', 'sent', '');
INSERT INTO public.events VALUES (20, '216c6c345fe791ed', 2, '2026-11-27 22:24:02.228323+00', 'returned-read', 'f4190511915a5d1a6bf58e8795e6fc34cfc53be1b2bf0ceb2f77862ba4ecf574');
INSERT INTO public.events VALUES (21, '216c6c345fe791ed', 4, '2026-11-27 22:24:02.326789+00', 'returned-read', '519fc6708cfe75e74a0eba6daa136266cdc5bc2e7db9c605bdc6f1aec774fe61');
INSERT INTO public.events VALUES (22, '216c6c345fe791ed', NULL, '2026-11-27 22:24:02.344296+00', 'returned-failed', '1f50c430678795e3c71ad9c94294d70eb32feb1261ce55a546cb93139c0d1388');
INSERT INTO public.events VALUES (23, '216c6c345fe791ed', 1, '2026-11-27 22:24:02.374783+00', 'returned-read', '84d7d247833814eae33a8d89f49e1cb13f4e339e76f761f3cc27a17e625465a1');
INSERT INTO public.events VALUES (24, '216c6c345fe791ed', 5, '2026-11-27 22:24:02.39365+00', 'returned-failed', '324014713ec236d7e7f60616bda82e11890fc72605e57b16e4353c621b04f202');
INSERT INTO public.events VALUES (25, '216c6c345fe791ed', NULL, '2026-11-27 22:24:02.457226+00', 'returned-read', '6467d026b1fbeb06b2d3e705264e1661d6e3a2210fc85e408bfeafe2759eb47d');
INSERT INTO public.events VALUES (26, '216c6c345fe791ed', 2, '2026-11-27 22:24:04.744336+00', 'returned-read', '93675ed3923680f86713e77f83f7d8b86a6b67de3e60ed1adb8bef19e26d7d3c');
INSERT INTO public.mails VALUES ('<bb41ba466ed8810028e33969232b4dd7@example.org>', '216c6c345fe791ed', 2, 'invitation', 1, 'sent', 'settled by hand', '328946d38ce7018c43e9b926d4cc0ccf51ba66efe068a5cdd6ebd8574f0826c5', '2026-11-27 22:23:54.536084+00', '2026-11-27 22:23:56.769768+00');
INSERT INTO public.mails VALUES ('<31a5ede4bfc976c15c93fabc18505628@example.org>', '216c6c345fe791ed', 4, 'invitation', 1, 'sent', 'settled by hand', '8c2ce72ca0bfbef08c16f06a5b69bf6143b4bcb0cde649867c0393a4d00e2b8c', '2026-11-27 22:23:54.536084+00', '2026-11-27 22:23:56.769768+00');
INSERT INTO public.mails VALUES ('<c5eaa1633c2ddb2c3b7e69420c74e9c5@example.org>', '216c6c345fe791ed', 1, 'invitation', 1, 'sent', 'settled by hand', '56e2a7ed37f8ede87695b9ac308b771597848a7c2bc5637021f8802f1556246f', '2026-11-27 22:23:54.536084+00', '2026-11-27 22:23:56.769768+00');
INSERT INTO public.mails VALUES ('<84980554f51a7b05dba41f7726b83ca8@example.org>', '216c6c345fe791ed', 5, 'invitation', 1, 'sent', 'settled by hand', '83509b3b8243fcbb74d83abb61af11af3e08b0e8b74896d18ac48eec75246dd3', '2026-11-27 22:23:54.536084+00', '2026-11-27 22:23:56.769768+00');
INSERT INTO public.mails VALUES ('<8f62ce9533d0be0a2436f435613e28a6@example.org>', '216c6c345fe791ed', 3, 'invitation', 1, 'drafted', '', 'cdecc8658d8d2a5da5c4c0e277f8a7abfad6d79750f6443c809a78966977e9a4', '2026-11-27 22:23:54.536084+00', '2026-11-27 22:23:54.536084+00');
INSERT INTO public.people VALUES (1, '216c6c345fe791ed', 'cay@example.org', 'cay@example.org', 'cay@example.org', '{"organisation": "Org", "sector": "", "size": "", "team": "Blue", "respondent": "Cay \u010capek", "role": "engineer", "date": ""}', '{"AA": 1}', '{}', 'de', 'C7038VY2X3', true, 2);
INSERT INTO public.people VALUES (2, '216c6c345fe791ed', 'ann@example.org', 'ann@example.org', 'ann@example.org', '{"organisation": "Org", "sector": "", "size": "", "team": "Red", "respondent": "Ann Arbor", "role": "analyst", "date": ""}', '{"AA": 2, "BB": 2}', '{}', '', 'CQT0YCKVDW', true, 0);
INSERT INTO public.people VALUES (3, '216c6c345fe791ed', 'eve@example.org', 'eve@example.org', 'eve@example.org', '{"organisation": "Org", "sector": "", "size": "", "team": "Blue", "respondent": "Eve Ek", "role": "", "date": ""}', '{}', '{}', '', 'N8081JS6VT', true, 4);
INSERT INTO public.people VALUES (4, '216c6c345fe791ed', 'ben@example.org', 'ben@example.org', 'ben@example.org', '{"organisation": "Org", "sector": "", "size": "", "team": "Red", "respondent": "Ben B\u00f8", "role": "engineer", "date": ""}', '{"AA": 2, "BB": 2}', '{}', '', 'W25SQ4X4V7', true, 1);
INSERT INTO public.people VALUES (5, '216c6c345fe791ed', 'dan@example.org', 'dan@example.org', 'dan@example.org', '{"organisation": "Org", "sector": "", "size": "", "team": "Blue", "respondent": "Dan Dahl", "role": "", "date": ""}', '{}', '{}', '', 'ZKPMG78Y8D', true, 3);
INSERT INTO public.returned VALUES (1, '216c6c345fe791ed', '1f50c430678795e3c71ad9c94294d70eb32feb1261ce55a546cb93139c0d1388', NULL, 'none', 'failed', 'aside/1f50c430678795e3c71a.xlsx', 'broken.xlsx', 'not-a-workbook', 'broken.xlsx: this is not a spreadsheet workbook but a text file. Ask for the workbook itself, saved as .xlsx, .xls or .ods.', '', '', '', '', '{}', '{}', '{}', '[]', 0, 0, '2026-11-27 22:24:02.344296+00');
INSERT INTO public.returned VALUES (2, '216c6c345fe791ed', '324014713ec236d7e7f60616bda82e11890fc72605e57b16e4353c621b04f202', 5, 'sender', 'failed', 'returned/324014713ec236d7e7f6.xlsx', 'dan.xlsx', 'broken-workbook', 'dan.xlsx: the workbook is damaged (the archive cannot be read, File is not a zip file). Open it in the program that made it, save it again, and send that.', '', '', '', '', '{}', '{}', '{}', '[]', 0, 0, '2026-11-27 22:24:02.39365+00');
INSERT INTO public.returned VALUES (3, '216c6c345fe791ed', '519fc6708cfe75e74a0eba6daa136266cdc5bc2e7db9c605bdc6f1aec774fe61', 4, 'workbook', 'read', 'returned/519fc6708cfe75e74a0e.xlsx', 'ben.xlsx', '', '', 'small', '1.0.0', 'en', 'W25SQ4X4V7', '{"organisation": "Org", "sector": "", "size": "", "team": "Red", "respondent": "Ben B\u00f8", "role": "engineer", "date": ""}', '{"AA": 2, "BB": 2}', '{}', '[{"severity": "error", "code": "rating-unknown", "place": {"source": "ben.xlsx", "sheet": "AA Short AA", "cell": "F8", "line": null, "row": null, "column": null}, "message": "\"maybe\" is not a rating for AA-01.", "found": "maybe", "expected": "one of 0 - Not, 1 - Partially, 2 - Largely, 3 - Fully, n/a", "action": "Choose a rating from the list; the statement counts as unanswered until then.", "statement": "AA-01", "subject": null}, {"severity": "warning", "code": "rating-as-number", "place": {"source": "ben.xlsx", "sheet": "AA Short AA", "cell": "F9", "line": null, "row": null, "column": null}, "message": "The rating of AA-02 is the bare number 2.", "found": "2", "expected": "one of 0 - Not, 1 - Partially, 2 - Largely, 3 - Fully, n/a", "action": "It was read as \"2 - Largely\". Choose the rating from the list if something else was meant.", "statement": "AA-02", "subject": null}, {"severity": "warning", "code": "not-applicable-without-reason", "place": {"source": "ben.xlsx", "sheet": "AA Short AA", "cell": "F11", "line": null, "row": null, "column": null}, "message": "AA-03 is rated n/a without a reason.", "found": "n/a", "expected": "a reason in the evidence cell", "action": "Write as evidence why the statement does not apply.", "statement": "AA-03", "subject": null}, {"severity": "note", "code": "profile-missing", "place": {"source": "ben.xlsx", "sheet": "Start", "cell": "C12", "line": null, "row": null, "column": null}, "message": "The profile does not say the Date.", "found": "", "expected": "an entry on the first sheet", "action": "Fill it in if the result is to carry it.", "statement": null, "subject": null}, {"severity": "note", "code": "unanswered", "place": {"source": "ben.xlsx", "sheet": null, "cell": null, "line": null, "row": null, "column": null}, "message": "1 of 8 statements are unanswered: AA-01.", "found": "1", "expected": "a rating for each statement", "action": "Rate them, or leave them open; they count as not fulfilled.", "statement": null, "subject": null}]', 7, 8, '2026-11-27 22:24:02.326789+00');
INSERT INTO public.returned VALUES (4, '216c6c345fe791ed', '6467d026b1fbeb06b2d3e705264e1661d6e3a2210fc85e408bfeafe2759eb47d', NULL, 'none', 'read', 'aside/6467d026b1fbeb06b2d3.xlsx', 'stranger.xlsx', '', '', 'small', '1.0.0', 'en', 'KR477GT65M', '{"organisation": "", "sector": "", "size": "", "team": "Red", "respondent": "", "role": "", "date": ""}', '{}', '{}', '[{"severity": "note", "code": "profile-missing", "place": {"source": "stranger.xlsx", "sheet": "Start", "cell": "C6", "line": null, "row": null, "column": null}, "message": "The profile does not say the Organisation.", "found": "", "expected": "an entry on the first sheet", "action": "Fill it in if the result is to carry it.", "statement": null, "subject": null}, {"severity": "note", "code": "profile-missing", "place": {"source": "stranger.xlsx", "sheet": "Start", "cell": "C10", "line": null, "row": null, "column": null}, "message": "The profile does not say the Respondent.", "found": "", "expected": "an entry on the first sheet", "action": "Fill it in if the result is to carry it.", "statement": null, "subject": null}, {"severity": "note", "code": "profile-missing", "place": {"source": "stranger.xlsx", "sheet": "Start", "cell": "C11", "line": null, "row": null, "column": null}, "message": "The profile does not say the Role.", "found": "", "expected": "an entry on the first sheet", "action": "Fill it in if the result is to carry it.", "statement": null, "subject": null}, {"severity": "note", "code": "profile-missing", "place": {"source": "stranger.xlsx", "sheet": "Start", "cell": "C12", "line": null, "row": null, "column": null}, "message": "The profile does not say the Date.", "found": "", "expected": "an entry on the first sheet", "action": "Fill it in if the result is to carry it.", "statement": null, "subject": null}]', 8, 8, '2026-11-27 22:24:02.457226+00');
INSERT INTO public.returned VALUES (5, '216c6c345fe791ed', '84d7d247833814eae33a8d89f49e1cb13f4e339e76f761f3cc27a17e625465a1', 1, 'workbook', 'read', 'returned/84d7d247833814eae33a.xlsx', 'cay.xlsx', '', '', 'small', '1.0.0', 'en', 'C7038VY2X3', '{"organisation": "Org", "sector": "", "size": "", "team": "Blue", "respondent": "Cay \u010capek", "role": "engineer", "date": ""}', '{"AA": 1}', '{}', '[{"severity": "note", "code": "profile-missing", "place": {"source": "cay.xlsx", "sheet": "Start", "cell": "C12", "line": null, "row": null, "column": null}, "message": "The profile does not say the Date.", "found": "", "expected": "an entry on the first sheet", "action": "Fill it in if the result is to carry it.", "statement": null, "subject": null}, {"severity": "note", "code": "unanswered", "place": {"source": "cay.xlsx", "sheet": null, "cell": null, "line": null, "row": null, "column": null}, "message": "5 of 8 statements are unanswered: AA-04, BB-01, BB-02, BB-03, BB-04.", "found": "5", "expected": "a rating for each statement", "action": "Rate them, or leave them open; they count as not fulfilled.", "statement": null, "subject": null}]', 3, 8, '2026-11-27 22:24:02.374783+00');
INSERT INTO public.returned VALUES (6, '216c6c345fe791ed', '93675ed3923680f86713e77f83f7d8b86a6b67de3e60ed1adb8bef19e26d7d3c', 2, 'workbook', 'read', 'returned/93675ed3923680f86713.xlsx', 'ann again.xlsx', '', '', 'small', '1.0.0', 'en', 'CQT0YCKVDW', '{"organisation": "Org", "sector": "", "size": "", "team": "Red", "respondent": "Ann Arbor", "role": "analyst", "date": ""}', '{"AA": 2, "BB": 2}', '{}', '[{"severity": "note", "code": "profile-missing", "place": {"source": "ann again.xlsx", "sheet": "Start", "cell": "C12", "line": null, "row": null, "column": null}, "message": "The profile does not say the Date.", "found": "", "expected": "an entry on the first sheet", "action": "Fill it in if the result is to carry it.", "statement": null, "subject": null}]', 8, 8, '2026-11-27 22:24:04.744336+00');
INSERT INTO public.returned VALUES (7, '216c6c345fe791ed', 'f4190511915a5d1a6bf58e8795e6fc34cfc53be1b2bf0ceb2f77862ba4ecf574', 2, 'workbook', 'read', 'returned/f4190511915a5d1a6bf5.xlsx', 'ann.xlsx', '', '', 'small', '1.0.0', 'en', 'CQT0YCKVDW', '{"organisation": "Org", "sector": "", "size": "", "team": "Red", "respondent": "Ann Arbor", "role": "analyst", "date": ""}', '{"AA": 2, "BB": 2}', '{}', '[{"severity": "note", "code": "profile-missing", "place": {"source": "ann.xlsx", "sheet": "Start", "cell": "C12", "line": null, "row": null, "column": null}, "message": "The profile does not say the Date.", "found": "", "expected": "an entry on the first sheet", "action": "Fill it in if the result is to carry it.", "statement": null, "subject": null}]', 8, 8, '2026-11-27 22:24:02.228323+00');
INSERT INTO public.workbooks VALUES (1, 1, '54795b953827ae2efa864ad466a27e79b2bbc3844640cfa99b6d70404c653d38', '56e2a7ed37f8ede87695b9ac308b771597848a7c2bc5637021f8802f1556246f', 'workbooks/org-blue-cay-capek.xlsx', '2026-11-27 22:23:51.790165+00');
INSERT INTO public.workbooks VALUES (2, 2, 'db2149d4605be3f15bdde9388ca5d2b900ab96d730b0e97c1b677664e2716e1b', '328946d38ce7018c43e9b926d4cc0ccf51ba66efe068a5cdd6ebd8574f0826c5', 'workbooks/org-red-ann-arbor.xlsx', '2026-11-27 22:23:51.790165+00');
INSERT INTO public.workbooks VALUES (3, 3, 'c4d936081e122909e978d55a8d51b62a490c73f4fb2b2003f8e6a5ec50200bca', 'cdecc8658d8d2a5da5c4c0e277f8a7abfad6d79750f6443c809a78966977e9a4', 'workbooks/org-blue-eve-ek.xlsx', '2026-11-27 22:23:51.790165+00');
INSERT INTO public.workbooks VALUES (4, 4, 'ef8de023b3683087a11b47a1ea4ca645a7b29316d7fc1afb83defa6d59ee2c57', '8c2ce72ca0bfbef08c16f06a5b69bf6143b4bcb0cde649867c0393a4d00e2b8c', 'workbooks/org-red-ben-bo.xlsx', '2026-11-27 22:23:51.790165+00');
INSERT INTO public.workbooks VALUES (5, 5, '077114d3ff00ab7d4d1e76c066786d4653df0cb5ab87cb25a3d17801d4dbde6b', '83509b3b8243fcbb74d83abb61af11af3e08b0e8b74896d18ac48eec75246dd3', 'workbooks/org-blue-dan-dahl.xlsx', '2026-11-27 22:23:51.790165+00');
SELECT pg_catalog.setval('public.deliveries_id_seq', 7, true);
SELECT pg_catalog.setval('public.events_id_seq', 26, true);
SELECT pg_catalog.setval('public.people_id_seq', 5, true);
SELECT pg_catalog.setval('public.returned_id_seq', 7, true);
SELECT pg_catalog.setval('public.workbooks_id_seq', 5, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.answers
    ADD CONSTRAINT pk_answers PRIMARY KEY (returned, statement);
ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT pk_campaigns PRIMARY KEY (id);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT pk_deliveries PRIMARY KEY (id);
ALTER TABLE ONLY public.erased
    ADD CONSTRAINT pk_erased PRIMARY KEY (campaign, sha256);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT pk_events PRIMARY KEY (id);
ALTER TABLE ONLY public.mailboxes
    ADD CONSTRAINT pk_mailboxes PRIMARY KEY (campaign, name);
ALTER TABLE ONLY public.mails
    ADD CONSTRAINT pk_mails PRIMARY KEY (message_id);
ALTER TABLE ONLY public.people
    ADD CONSTRAINT pk_people PRIMARY KEY (id);
ALTER TABLE ONLY public.returned
    ADD CONSTRAINT pk_returned PRIMARY KEY (id);
ALTER TABLE ONLY public.workbooks
    ADD CONSTRAINT pk_workbooks PRIMARY KEY (id);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT uq_deliveries_returned_message_id UNIQUE (returned, message_id);
ALTER TABLE ONLY public.mails
    ADD CONSTRAINT uq_mails_person_kind_number UNIQUE (person, kind, number);
ALTER TABLE ONLY public.people
    ADD CONSTRAINT uq_people_campaign_key UNIQUE (campaign, key);
ALTER TABLE ONLY public.people
    ADD CONSTRAINT uq_people_campaign_workbook_id UNIQUE (campaign, workbook_id);
ALTER TABLE ONLY public.returned
    ADD CONSTRAINT uq_returned_campaign_sha256 UNIQUE (campaign, sha256);
CREATE INDEX ix_events_person ON public.events USING btree (person);
CREATE INDEX ix_mails_person ON public.mails USING btree (person);
CREATE INDEX ix_returned_person ON public.returned USING btree (person);
CREATE INDEX ix_workbooks_person ON public.workbooks USING btree (person);
ALTER TABLE ONLY public.answers
    ADD CONSTRAINT fk_answers_returned FOREIGN KEY (returned) REFERENCES public.returned(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT fk_deliveries_returned FOREIGN KEY (returned) REFERENCES public.returned(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.erased
    ADD CONSTRAINT fk_erased_campaign FOREIGN KEY (campaign) REFERENCES public.campaigns(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.events
    ADD CONSTRAINT fk_events_campaign FOREIGN KEY (campaign) REFERENCES public.campaigns(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.events
    ADD CONSTRAINT fk_events_person FOREIGN KEY (person) REFERENCES public.people(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mailboxes
    ADD CONSTRAINT fk_mailboxes_campaign FOREIGN KEY (campaign) REFERENCES public.campaigns(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mails
    ADD CONSTRAINT fk_mails_campaign FOREIGN KEY (campaign) REFERENCES public.campaigns(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mails
    ADD CONSTRAINT fk_mails_person FOREIGN KEY (person) REFERENCES public.people(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.people
    ADD CONSTRAINT fk_people_campaign FOREIGN KEY (campaign) REFERENCES public.campaigns(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.returned
    ADD CONSTRAINT fk_returned_campaign FOREIGN KEY (campaign) REFERENCES public.campaigns(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.returned
    ADD CONSTRAINT fk_returned_person FOREIGN KEY (person) REFERENCES public.people(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.workbooks
    ADD CONSTRAINT fk_workbooks_person FOREIGN KEY (person) REFERENCES public.people(id) ON DELETE CASCADE;
