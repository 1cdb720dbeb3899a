BEGIN TRANSACTION;
CREATE TABLE citations (
    conversation_id TEXT NOT NULL, number INTEGER NOT NULL, article_id TEXT NOT NULL,
    content_hash TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    FOREIGN KEY (conversation_id, number) REFERENCES exchanges ON DELETE CASCADE
) STRICT;
INSERT INTO "citations" VALUES('{conversation}',1,'{article}','c41fe8ff95f0984302b6ea9a52ece28fc3771d8192f4dbeaa2bf91c2068b3379',0,36);
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, begun_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT;
INSERT INTO "conversations" VALUES('{conversation}','ada','Le pont est-il ouvert ?','2026-12-01T09:13:02.516166+00:00','2026-12-01T09:13:02.517474+00:00');
CREATE TABLE exchanges (
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, number INTEGER NOT NULL,
    question TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (conversation_id, number)
) STRICT;
INSERT INTO "exchanges" VALUES('{conversation}',1,'Le pont est-il ouvert ?','{"claims":[{"on":[0],"evidence":[{"on":[0],"at":[0,36],"score":0.0,"also":[],"before":[],"after":[]}],"text":{"on":[0],"words":"Il a rouvert lundi."},"status":"supported","reasons":[]}],"articles":[["{article}","c41fe8ff95f0984302b6ea9a52ece28fc3771d8192f4dbeaa2bf91c2068b3379"]]}');
INSERT INTO "exchanges" VALUES('{conversation}',2,'Depuis quand était-il fermé ?','{"claims":[],"articles":[]}');
CREATE TABLE resting (
    conversation_id TEXT NOT NULL, number INTEGER NOT NULL, article_id TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    FOREIGN KEY (conversation_id, number) REFERENCES exchanges ON DELETE CASCADE
) STRICT;
INSERT INTO "resting" VALUES('{conversation}',1,'{article}','c41fe8ff95f0984302b6ea9a52ece28fc3771d8192f4dbeaa2bf91c2068b3379');
CREATE TABLE said (
    conversation_id TEXT NOT NULL, number INTEGER NOT NULL, words TEXT NOT NULL,
    PRIMARY KEY (conversation_id, number),
    FOREIGN KEY (conversation_id, number) REFERENCES exchanges ON DELETE CASCADE
) STRICT;
INSERT INTO "said" VALUES('{conversation}',1,'le pont est-il ouvert ? il a rouvert lundi.');
CREATE INDEX conversations_by_user ON conversations (user, changed_at);
CREATE INDEX resting_by_exchange ON resting (conversation_id, number);
CREATE INDEX resting_by_article ON resting (article_id);
CREATE INDEX citations_by_exchange ON citations (conversation_id, number);
CREATE INDEX citations_by_article ON citations (article_id);
PRAGMA user_version = 2;
COMMIT;
