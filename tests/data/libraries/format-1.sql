BEGIN TRANSACTION;
CREATE TABLE articles (
    id TEXT PRIMARY KEY, text TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL,
    content_hash TEXT NOT NULL, outlet TEXT, author TEXT, language TEXT, published_at TEXT,
    updated_at TEXT, ingested_at TEXT, indexed_with TEXT NOT NULL) STRICT;
INSERT INTO "articles" VALUES('f1b2990762e9c6f7','Le pont de Corvenne a rouvert lundi. La mairie attendait la fin du chantier depuis mars.
','Le pont de Corvenne a rouvert lundi.','in/0.txt','931e97a0bf7100330ff2e1752237e484de95e5415b04ab9a62f36d7bdc3be1e7',NULL,NULL,'fr',NULL,NULL,'2026-11-29T16:39:29+00:00','multilingual-e5-small-q4@1571fc98 ''passage: '' 256/48');
INSERT INTO "articles" VALUES('e533783fcb4a81fe','Le bac de Valmorin reste à quai dimanche. Deux capitaines sont malades.
','Le bac de Valmorin reste à quai dimanche.','in/1.txt','88b1d2341393d968574f9abd30ba1062de366e7bb27cca63bc11cd7fadc9344e',NULL,NULL,'fr',NULL,NULL,'2026-11-29T16:39:29+00:00','multilingual-e5-small-q4@1571fc98 ''passage: '' 256/48');
CREATE TABLE passages (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, sentences TEXT NOT NULL) STRICT;
INSERT INTO "passages" VALUES('f1b2990762e9c6f7:931e97a0bf71:0000','f1b2990762e9c6f7',0,88,'[[0,36],[37,88]]');
INSERT INTO "passages" VALUES('e533783fcb4a81fe:88b1d2341393:0000','e533783fcb4a81fe',0,71,'[[0,41],[42,71]]');
CREATE TABLE sources (
    key TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    source TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
INSERT INTO "sources" VALUES('{folder}/0.txt','f1b2990762e9c6f7','in/0.txt','e080d25533b35ad810bbe462fcf50dde58249421aa98e5af31f4460ac79582ac');
INSERT INTO "sources" VALUES('{folder}/1.txt','e533783fcb4a81fe','in/1.txt','064a4f4ca98c52a94666ba482c77e638dbd104da7c8fd2aa67092cb422fbe659');
CREATE TABLE unlisted (passage_id TEXT PRIMARY KEY) STRICT;
CREATE INDEX articles_by_hash ON articles (content_hash);
CREATE INDEX sources_by_article ON sources (article_id);
CREATE INDEX passages_by_article ON passages (article_id);
COMMIT;
