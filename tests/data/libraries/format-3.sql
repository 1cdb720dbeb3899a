BEGIN TRANSACTION;
CREATE TABLE articles (
    id TEXT PRIMARY KEY, text TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL,
    content_hash TEXT NOT NULL, outlet TEXT, author TEXT, language TEXT, published_at TEXT,
    updated_at TEXT, ingested_at TEXT, indexed_with TEXT NOT NULL) STRICT;
INSERT INTO "articles" VALUES('03e335fc8cf9e3e1','Le pont de Corvenne a rouvert lundi. La mairie attendait la fin du chantier depuis mars.
','Le pont de Corvenne a rouvert lundi.','in/0.txt','931e97a0bf7100330ff2e1752237e484de95e5415b04ab9a62f36d7bdc3be1e7',NULL,NULL,'fr',NULL,NULL,'2026-11-29T16:40:29+00:00','multilingual-e5-small-q4@1571fc98 ''passage: '' 320/0/107 headings');
INSERT INTO "articles" VALUES('93ba8fa1a90d17bc','Le bac de Valmorin reste à quai dimanche. Deux capitaines sont malades.
','Le bac de Valmorin reste à quai dimanche.','in/1.txt','88b1d2341393d968574f9abd30ba1062de366e7bb27cca63bc11cd7fadc9344e',NULL,NULL,'fr',NULL,NULL,'2026-11-29T16:40:29+00:00','multilingual-e5-small-q4@1571fc98 ''passage: '' 320/0/107 headings');
CREATE TABLE asked_for (
    key TEXT PRIMARY KEY REFERENCES sources (key) ON DELETE CASCADE, asked_at TEXT NOT NULL) STRICT;
CREATE TABLE changes (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT;
INSERT INTO "changes" VALUES(1,8);
CREATE TABLE checksums (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, sha256 TEXT NOT NULL) STRICT;
INSERT INTO "checksums" VALUES('03e335fc8cf9e3e1','2c5ce5e9e4775c6b2a1144f4918e8bb446c0d4d2c0e44168f830db0deeff09d7');
INSERT INTO "checksums" VALUES('93ba8fa1a90d17bc','9f8630d277b28d263c6dcf87c7bf3b2e1049989b757d241f6055caed6dd3b099');
CREATE TABLE dismissed (key_sha256 TEXT PRIMARY KEY) STRICT;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO "facts" VALUES('last_ingested','2026-11-29T16:40:29+00:00');
CREATE TABLE failures (
    source TEXT PRIMARY KEY, reason TEXT NOT NULL, reason_fr TEXT NOT NULL, failed_at TEXT NOT NULL) STRICT;
CREATE TABLE feedback (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, given_at TEXT NOT NULL, verdict TEXT NOT NULL,
    reasons TEXT NOT NULL, comment TEXT NOT NULL, question TEXT NOT NULL, status TEXT NOT NULL,
    language TEXT NOT NULL, model TEXT NOT NULL) STRICT;
CREATE TABLE feedback_read (
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    content_hash TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, citation INTEGER NOT NULL,
    PRIMARY KEY (feedback_id, article_id, start, "end", citation)) STRICT;
CREATE TABLE found_in (
    key TEXT NOT NULL REFERENCES sources (key) ON DELETE CASCADE, origin TEXT NOT NULL,
    PRIMARY KEY (key, origin)) STRICT, WITHOUT ROWID;
INSERT INTO "found_in" VALUES('{folder}/0.txt','{folder}');
INSERT INTO "found_in" VALUES('{folder}/1.txt','{folder}');
CREATE TABLE listed (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, content_hash TEXT NOT NULL,
    title TEXT NOT NULL, outlet TEXT, published_at TEXT, language TEXT, source TEXT NOT NULL,
    passages INTEGER NOT NULL, sort_title TEXT NOT NULL, sort_outlet TEXT NOT NULL,
    words TEXT NOT NULL) STRICT;
INSERT INTO "listed" VALUES('03e335fc8cf9e3e1','931e97a0bf7100330ff2e1752237e484de95e5415b04ab9a62f36d7bdc3be1e7','Le pont de Corvenne a rouvert lundi.',NULL,NULL,'fr','in/0.txt',1,'le pont de corvenne a rouvert lundi.','􏿿','le pont de corvenne a rouvert lundi.

in/0.txt');
INSERT INTO "listed" VALUES('93ba8fa1a90d17bc','88b1d2341393d968574f9abd30ba1062de366e7bb27cca63bc11cd7fadc9344e','Le bac de Valmorin reste à quai dimanche.',NULL,NULL,'fr','in/1.txt',1,'le bac de valmorin reste a quai dimanche.','􏿿','le bac de valmorin reste a quai dimanche.

in/1.txt');
CREATE TABLE map_points (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    x REAL NOT NULL, y REAL NOT NULL, cluster INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE map_words (
    cluster INTEGER NOT NULL, rank INTEGER NOT NULL, word TEXT NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (cluster, rank)) STRICT, WITHOUT ROWID;
CREATE TABLE pages (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    content_hash TEXT NOT NULL, starts TEXT NOT NULL) STRICT;
CREATE TABLE passages (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, sentences TEXT NOT NULL) STRICT;
INSERT INTO "passages" VALUES('03e335fc8cf9e3e1:931e97a0bf71:0000','03e335fc8cf9e3e1',0,88,'[[0,36],[37,88]]');
INSERT INTO "passages" VALUES('93ba8fa1a90d17bc:88b1d2341393:0000','93ba8fa1a90d17bc',0,71,'[[0,41],[42,71]]');
CREATE TABLE reprints (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    other_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (article_id, other_id)) STRICT, WITHOUT ROWID;
CREATE TABLE responses (
    url TEXT PRIMARY KEY, digest TEXT NOT NULL, fetched_at TEXT NOT NULL, etag TEXT,
    last_modified TEXT) STRICT;
CREATE TABLE revisions (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    text TEXT NOT NULL, title TEXT NOT NULL, content_hash TEXT NOT NULL, published_at TEXT, updated_at TEXT,
    ingested_at TEXT, replaced_at TEXT NOT NULL, PRIMARY KEY (article_id, number)) STRICT;
CREATE TABLE sketched (
    hash INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (hash, number)) STRICT, WITHOUT ROWID;
INSERT INTO "sketched" VALUES(-8491369885784601297,1);
INSERT INTO "sketched" VALUES(-8374399509202871922,1);
INSERT INTO "sketched" VALUES(-6785638426777945737,1);
INSERT INTO "sketched" VALUES(-5203839231682990654,2);
INSERT INTO "sketched" VALUES(-4336896053249105610,1);
INSERT INTO "sketched" VALUES(-2717138123850892597,1);
INSERT INTO "sketched" VALUES(-2225620539226389319,2);
INSERT INTO "sketched" VALUES(-2181012789928399117,2);
INSERT INTO "sketched" VALUES(-590955523471863522,1);
INSERT INTO "sketched" VALUES(1472639671483035608,2);
INSERT INTO "sketched" VALUES(1982923104382226165,2);
INSERT INTO "sketched" VALUES(3510020441407203710,2);
INSERT INTO "sketched" VALUES(4649512351186363341,2);
INSERT INTO "sketched" VALUES(4851721666423387315,1);
INSERT INTO "sketched" VALUES(5100804510352218914,1);
INSERT INTO "sketched" VALUES(5308249551370493008,1);
INSERT INTO "sketched" VALUES(5517948189521781360,1);
INSERT INTO "sketched" VALUES(7304123337905624198,1);
INSERT INTO "sketched" VALUES(7787597113655581948,1);
INSERT INTO "sketched" VALUES(9030189584117393909,2);
CREATE TABLE sketches (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL UNIQUE REFERENCES articles (id) ON DELETE CASCADE,
    version INTEGER NOT NULL, hashes BLOB NOT NULL) STRICT;
INSERT INTO "sketches" VALUES(1,'03e335fc8cf9e3e1',2,X'2F0D5CFD1398288A8ED9C10E0428C88B77F9A87DCD91D4A136214B760440D0C3CB3A32BA45C94ADA1E9167191581CCF7B3743B6C26C75443221B414CADB2C946509C90B8D7B0AA4970A2749DA4B0934C865481177A755D65FC5C4C7D501A136C');
INSERT INTO "sketches" VALUES(2,'93ba8fa1a90d17bc',2,X'C22D4B37CA3FC8B7B9049952E9011DE1F3EEBB4D6C7CBBE1D8EFE494FADD6F14F50E9EB50EC2841B7EA96F9CFE18B630CD234167D9628640F5E9BF2F95AD517D');
CREATE TABLE sources (
    key TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    source TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
INSERT INTO "sources" VALUES('{folder}/0.txt','03e335fc8cf9e3e1','in/0.txt','1db87e325872ec90597a3a9b03e55d50084fb27ffe0e4dd1a07d27b73eaef201');
INSERT INTO "sources" VALUES('{folder}/1.txt','93ba8fa1a90d17bc','in/1.txt','f86fbd09d0dcc36e55611db84c879460453677955825cea272e0640d19fc081b');
CREATE TABLE unlisted (passage_id TEXT PRIMARY KEY) STRICT;
CREATE INDEX articles_by_hash ON articles (content_hash);
CREATE INDEX articles_by_language ON articles (language);
CREATE INDEX articles_by_date ON articles (published_at);
CREATE INDEX articles_by_facets ON articles (published_at, outlet, language, id);
CREATE INDEX sources_by_article ON sources (article_id);
CREATE INDEX found_in_by_origin ON found_in (origin);
CREATE INDEX passages_by_article ON passages (article_id);
CREATE INDEX reprints_by_other ON reprints (other_id);
CREATE INDEX map_words_by_article ON map_words (article_id);
CREATE INDEX feedback_read_by_article ON feedback_read (article_id);
CREATE INDEX listed_by_hash ON listed (content_hash);
CREATE INDEX listed_by_title ON listed (sort_title, article_id);
CREATE INDEX listed_by_outlet ON listed (outlet);
CREATE INDEX listed_by_sort_outlet ON listed (sort_outlet, article_id);
CREATE INDEX listed_by_words ON listed (words);
CREATE INDEX listed_by_date ON listed (published_at, article_id);
CREATE INDEX listed_by_language ON listed (language, article_id);
CREATE INDEX listed_by_passages ON listed (passages, article_id);
CREATE TRIGGER articles_insert_counted AFTER INSERT ON articles  BEGIN UPDATE changes SET number = number + 1; END;
CREATE TRIGGER articles_delete_counted AFTER DELETE ON articles  BEGIN UPDATE changes SET number = number + 1; END;
CREATE TRIGGER articles_update_counted AFTER UPDATE OF id, text, title, source, content_hash, outlet, author, language, published_at, updated_at ON articles  BEGIN UPDATE changes SET number = number + 1; END;
CREATE TRIGGER checksums_insert_counted AFTER INSERT ON checksums  BEGIN UPDATE changes SET number = number + 1; END;
CREATE TRIGGER checksums_delete_counted AFTER DELETE ON checksums  BEGIN UPDATE changes SET number = number + 1; END;
CREATE TRIGGER reprints_insert_counted AFTER INSERT ON reprints  BEGIN UPDATE changes SET number = number + 1; END;
CREATE TRIGGER reprints_delete_counted AFTER DELETE ON reprints  BEGIN UPDATE changes SET number = number + 1; END;
CREATE TRIGGER sources_insert_counted AFTER INSERT ON sources  BEGIN UPDATE changes SET number = number + 1; END;
CREATE TRIGGER sources_delete_counted AFTER DELETE ON sources  BEGIN UPDATE changes SET number = number + 1; END;
CREATE TRIGGER unlisted_delete_counted AFTER DELETE ON unlisted  BEGIN UPDATE changes SET number = number + 1; END;
CREATE TRIGGER sources_update_counted AFTER UPDATE OF source, article_id ON sources WHEN old.source IS NOT new.source OR old.article_id IS NOT new.article_id BEGIN UPDATE changes SET number = number + 1; END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('sketches',2);
COMMIT;
