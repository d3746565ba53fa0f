BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'eslflow','first_tables','2026-11-26 12:01:11.557453+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'eslflow','what_the_file_holds','2026-11-26 12:01:11.575175+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'eslflow','notices_are_proof_too','2026-11-26 12:01:11.589803+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'eslflow','who_was_asked','2026-11-26 12:01:11.597473+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'eslflow','forms_and_looks','2026-11-26 12:01:11.607165+00:00');
INSERT INTO "_sqlite_migrations" VALUES(6,'eslflow','receipts_and_withdrawals','2026-11-26 12:01:11.619070+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'eslflow','numbers_in_one_spelling','2026-11-26 12:01:11.634469+00:00');
INSERT INTO "_sqlite_migrations" VALUES(8,'eslflow','versions_of_flows','2026-11-26 12:01:11.646033+00:00');
INSERT INTO "_sqlite_migrations" VALUES(9,'eslflow','chain_of_proof','2026-11-26 12:01:11.651525+00:00');
INSERT INTO "_sqlite_migrations" VALUES(10,'eslflow','no_index_of_paths','2026-11-26 12:01:11.665838+00:00');
INSERT INTO "_sqlite_migrations" VALUES(11,'eslflow','queues_of_calls','2026-11-26 12:01:11.674065+00:00');
INSERT INTO "_sqlite_migrations" VALUES(12,'eslflow','erasures_and_holds','2026-11-26 12:01:11.682279+00:00');
INSERT INTO "_sqlite_migrations" VALUES(13,'eslflow','register_of_agents','2026-11-26 12:01:11.689893+00:00');
CREATE TABLE agents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    agent TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('agreed', 'withdrawn')),
    text TEXT NOT NULL,
    version INTEGER NOT NULL,
    text_sha256 TEXT NOT NULL,
    agreed_on TEXT NOT NULL,
    who TEXT NOT NULL
);
CREATE TABLE calls (
    uuid TEXT PRIMARY KEY,
    direction TEXT NOT NULL,
    caller TEXT NOT NULL,
    caller_digits TEXT NOT NULL,
    caller_name TEXT NOT NULL,
    called TEXT NOT NULL,
    called_digits TEXT NOT NULL,
    flow TEXT NOT NULL,
    flow_sha256 TEXT NOT NULL,
    engine TEXT NOT NULL,
    offered_at INTEGER NOT NULL,
    ended_at INTEGER,
    ending TEXT,
    cause TEXT,
    last_step TEXT
, caller_key TEXT NOT NULL DEFAULT '', called_key TEXT NOT NULL DEFAULT '', queue TEXT NOT NULL DEFAULT '');
INSERT INTO "calls" VALUES('5bc8fbbc-bde5-c099-4164-d8399f767c45','inbound','+49308892593','39529880394','','100','001','support','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f','eslflow 0.1.0',1764000000000000,1764000496000000,'hung_up','NORMAL_CLEARING','talk','','','support');
INSERT INTO "calls" VALUES('617959ce-3f1f-65a8-de52-71007814e8a2','inbound','+49309122793','39722190394','','100','001','support','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f','eslflow 0.1.0',1764001000000000,1764001275000000,'hung_up','NORMAL_CLEARING','talk','','','support');
INSERT INTO "calls" VALUES('126a1e48-cc11-d357-c30d-8b7628dbd25e','inbound','+49302328130','03182320394','','100','001','support','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f','eslflow 0.1.0',1764002000000000,1764002155000000,'hung_up','NORMAL_CLEARING','talk','','','sales');
INSERT INTO "calls" VALUES('359eeefb-015c-33b2-df14-61aaf8eb18b9','inbound','+49303615174','47151630394','','100','001','support','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f','eslflow 0.1.0',1764003000000000,1764003190000000,'hung_up','NORMAL_CLEARING','talk','','','sales');
CREATE TABLE chain (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL
);
INSERT INTO "chain" VALUES(1,1,1,X'BB15613BD580D8939A05025C4C16DAA8D2B5EAEEC8F7AEFB4B7BDC8CE9A11F05');
INSERT INTO "chain" VALUES(2,2,1,X'5447137AE0FA93767A094766CFD708B11415747A00D8C3D9C9ADFE8905AF3314');
INSERT INTO "chain" VALUES(3,2,2,X'077CB39A4DBC8129B9DE1ECF369ECB1604639B420A1399A003EAE20FB8B815A0');
INSERT INTO "chain" VALUES(4,3,1,X'D93EEDE67AD1B115467AF53B62FE8FCB73913C1637F551EB7A88FEA53829056E');
INSERT INTO "chain" VALUES(5,3,2,X'3D903A14A8B3E8526B77EB2CA933426F33F9E19E783CD6688F5748F41C615C3E');
INSERT INTO "chain" VALUES(6,3,3,X'69835EF1FD1932F6C66C14F04B0105F110969FB682AF614B04AC92B4ECE3B9FA');
INSERT INTO "chain" VALUES(7,1,2,X'C11414412444D1A2E0DA3E3689EF4BFD6771A9C4376DEF83EB82F20500621C5F');
INSERT INTO "chain" VALUES(8,4,1,X'649B6E28F1C62FEF5EC884F5D65C167C7921748E7BF5A426B1E2404C23072899');
INSERT INTO "chain" VALUES(9,6,1,X'AED0D56F9D647CC52B29D5330CDA64EC171DFE5BA2C0069C8DCA04DD71745385');
INSERT INTO "chain" VALUES(10,7,1,X'61A629F814DA1E31B323696811EA27CF11D1D5C66E782B063CAC9E05FC9DDDE7');
INSERT INTO "chain" VALUES(11,2,3,X'5B04230327FEF5F45398C44F8F859CB61B1E087C1E8918A41D01398D749329C7');
INSERT INTO "chain" VALUES(12,2,4,X'59F4B0319FB1DA0659170952A86826242C3CA3168A2282EE388F5673E797B7CA');
INSERT INTO "chain" VALUES(13,3,4,X'381072A859D8AF8482924AA04DEFDEF54E0D3D9AFE4D822F6C4DDDBB4DE3FA1C');
INSERT INTO "chain" VALUES(14,3,5,X'27DE0A7FC156CD5C8FE43261D4DDDC0CB905C75E42A26D4BF426E480BE41A7CC');
INSERT INTO "chain" VALUES(15,2,5,X'1AD1E51F304B25711E75763378C33C5E92F4DEA4D48DC18C3FFCAE744C04A2A1');
INSERT INTO "chain" VALUES(16,2,6,X'852AEBEC467258B89F8A5FD8A1E4CC208F03FD70451BBA3AE20F420A250EF29B');
INSERT INTO "chain" VALUES(17,3,6,X'C7203EA69488E9BC9B886FA604F5EA8065475C13AC37A0B9F9665D2D97FE2968');
INSERT INTO "chain" VALUES(18,3,7,X'7C6564EDE1041C757640CC65DB2D297E6F7C3F1E91BF7289E1BA9CD68AF4F140');
INSERT INTO "chain" VALUES(19,3,8,X'897D6B88DAF5C92E6F51FF1B3C0E67E2F6B5FFC9F2A824969EDB4F53113238CA');
INSERT INTO "chain" VALUES(20,2,7,X'5834D378CF17CE2D297FB5EC0F424C7C22F007F9E6B52FC002A77D2BF069FBFA');
INSERT INTO "chain" VALUES(21,2,8,X'FCDDDC90395F1D5101001E3D66783F7708D6EE79648C0AA6161C04C8E97FB761');
INSERT INTO "chain" VALUES(22,3,9,X'1E086E41619F0BA19EF21FCE46A58C499266F0089E23FBBD82B51D3AE9EEFA6F');
INSERT INTO "chain" VALUES(23,3,10,X'451109490688BB711E91927CE6E6994E305FD106A92F7916D1B1AA3E544C951E');
INSERT INTO "chain" VALUES(24,2,9,X'5F201536745E2ED4725687CBC1A7E8728C2C67BE707E03D60C70DE64C6398456');
INSERT INTO "chain" VALUES(25,2,10,X'96E0B0B2A29A6D7F4786C5D77A4D2B9F9917637A0375F25F59FDEF3A08E05F29');
INSERT INTO "chain" VALUES(26,2,11,X'D5C2686F394AD94FD785851555C765FC613990E9AFE8128A083AD861EBE50DB6');
INSERT INTO "chain" VALUES(27,2,12,X'4BD8AC939F2F1271BDE0B15A5E5D381DFF710A7B04D4AB7F9BFF5FE9D5EF39A4');
INSERT INTO "chain" VALUES(28,3,11,X'A219D53AA81B4E315E0587029632A3165123A85F35FB26149247868550E31488');
INSERT INTO "chain" VALUES(29,3,12,X'9F2EABF42908CE8EEAE1ACCE46E84E19E4B3EBF546DFB06348AD98AA3961C0CB');
INSERT INTO "chain" VALUES(30,2,13,X'729EFFE12B384AA5A5C53E8FD98BF5DE7D0F0A893EE72961F9B60FD6B7DE42C6');
INSERT INTO "chain" VALUES(31,2,14,X'412BA4B6C14AFC7519575D7AA84A66B440B3599D5E438512A991E9D17F3815AA');
INSERT INTO "chain" VALUES(32,3,13,X'AB460331AC12034CCBB0B640484D5938000DABFB0F07EF444E3F5DB701EC48BE');
INSERT INTO "chain" VALUES(33,3,14,X'4FA82683E3BFCB28239EFE0B13BFBD9B69BDD164AE825DE650520D469EF49208');
INSERT INTO "chain" VALUES(34,3,15,X'8E401563B7D273B4103A824D930AC26D3C14C79615D8C15CF92A4FC96BB094AC');
INSERT INTO "chain" VALUES(35,1,3,X'8694C2DB641B54DE36A7ED72998814C7DB677A25D2CCE6A542A6A162EEA65338');
INSERT INTO "chain" VALUES(36,4,2,X'8CF7FC2489AA23E9EB1C11EB01E51110929E44E9C070E6F030E714A924D273D8');
INSERT INTO "chain" VALUES(37,6,2,X'C4180D44B8B032FD6E6A06FF93098DF62728B176E915215F351604D167F9CD91');
INSERT INTO "chain" VALUES(38,7,2,X'0A969EF1B0BFC1657B2D8061E39ED015A30F5DD9102C58021546B27C4E29EDC4');
INSERT INTO "chain" VALUES(39,2,15,X'456F49599149C19EF6D7CB8051A073F4B9E31AF30D5CD2488227BD0E3A761FC9');
INSERT INTO "chain" VALUES(40,2,16,X'1B51E640063F411945D1BA57827B65F4512EB520CEA5B482C7824D60679BF5E9');
INSERT INTO "chain" VALUES(41,3,16,X'7CA21E4B17BF5AAC37DA98FADD1B36A220C475A9F54838164708767FCB8211F2');
INSERT INTO "chain" VALUES(42,3,17,X'0F8E06B0DF0D4D0B5F77DA906FCA672893733FBE35AA6AEF5EE94A1E644F31A6');
INSERT INTO "chain" VALUES(43,2,17,X'D44781EBCA4A4FBDF02B23DACA13A34DE5F8CC2A5BFB672B8DE8F4FE70FB2361');
CREATE TABLE choices (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    call_uuid TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'granted', 'refused', 'unanswered', 'hung_up', 'withdrawn', 'expired', 'verbal', 'not_asked')),
    purpose TEXT NOT NULL,
    basis TEXT NOT NULL,
    retain_s INTEGER NOT NULL,
    flow TEXT NOT NULL,
    flow_sha256 TEXT NOT NULL,
    step TEXT NOT NULL,
    engine TEXT NOT NULL,
    performed_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    notice TEXT NOT NULL,
    notice_version INTEGER NOT NULL,
    language TEXT NOT NULL,
    audio_sha256 TEXT NOT NULL,
    heard_ms INTEGER NOT NULL,
    keys_offered TEXT NOT NULL,
    key TEXT NOT NULL,
    tries INTEGER NOT NULL
, party TEXT NOT NULL DEFAULT 'caller', receipt TEXT NOT NULL DEFAULT '', on_withdrawal TEXT NOT NULL DEFAULT '', who TEXT NOT NULL DEFAULT '', remark TEXT NOT NULL DEFAULT '', rests_on TEXT NOT NULL DEFAULT '');
INSERT INTO "choices" VALUES(1,'5bc8fbbc-bde5-c099-4164-d8399f767c45',1764000001000000,'requested','training','consent',7776000,'support','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f','ask','eslflow 0.1.0','system','','recording',3,'en','a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0',0,'1=granted 2=refused','',1,'caller','','','','','');
INSERT INTO "choices" VALUES(2,'5bc8fbbc-bde5-c099-4164-d8399f767c45',1764000005000000,'granted','training','consent',7776000,'support','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f','ask','eslflow 0.1.0','subject','','recording',3,'en','a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0',3442,'1=granted 2=refused','1',1,'caller','','','','','');
INSERT INTO "choices" VALUES(3,'call-0',1764000000000000,'requested','training','consent',90,'sales','f0','ask','e','subject','','rec',1,'en','',0,'','',0,'caller','','','','','');
INSERT INTO "choices" VALUES(4,'call-0',1764000000000000,'granted','training','consent',90,'sales','f0','ask','e','subject','','rec',1,'en','',0,'','1',1,'caller','','','','','');
INSERT INTO "choices" VALUES(5,'617959ce-3f1f-65a8-de52-71007814e8a2',1764001001000000,'requested','training','consent',7776000,'support','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f','ask','eslflow 0.1.0','system','','recording',3,'en','a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0',0,'1=granted 2=refused','',1,'caller','','','','','');
INSERT INTO "choices" VALUES(6,'617959ce-3f1f-65a8-de52-71007814e8a2',1764001005000000,'granted','training','consent',7776000,'support','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f','ask','eslflow 0.1.0','subject','','recording',3,'en','a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0',2350,'1=granted 2=refused','1',1,'caller','','','','','');
INSERT INTO "choices" VALUES(7,'call-1',1764000001000000,'requested','training','consent',90,'sales','f0','ask','e','subject','','rec',1,'en','',0,'','',0,'caller','','','','','');
INSERT INTO "choices" VALUES(8,'call-1',1764000001000000,'granted','training','consent',90,'sales','f0','ask','e','subject','','rec',1,'en','',1,'','1',1,'caller','','','','','');
INSERT INTO "choices" VALUES(9,'126a1e48-cc11-d357-c30d-8b7628dbd25e',1764002001000000,'requested','training','consent',7776000,'support','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f','ask','eslflow 0.1.0','system','','recording',3,'en','a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0',0,'1=granted 2=refused','',1,'caller','','','','','');
INSERT INTO "choices" VALUES(10,'126a1e48-cc11-d357-c30d-8b7628dbd25e',1764002005000000,'unanswered','training','consent',7776000,'support','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f','ask','eslflow 0.1.0','system','timeout','recording',3,'en','a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0',518,'1=granted 2=refused','',1,'caller','','','','','');
INSERT INTO "choices" VALUES(11,'call-2',1764000002000000,'requested','training','consent',90,'sales','f0','ask','e','subject','','rec',1,'en','',0,'','',0,'caller','','','','','');
INSERT INTO "choices" VALUES(12,'call-2',1764000002000000,'granted','training','consent',90,'sales','f0','ask','e','subject','','rec',1,'en','',2,'','1',1,'caller','','','','','');
INSERT INTO "choices" VALUES(13,'359eeefb-015c-33b2-df14-61aaf8eb18b9',1764003001000000,'requested','training','consent',7776000,'support','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f','ask','eslflow 0.1.0','system','','recording',3,'en','a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0',0,'1=granted 2=refused','',1,'caller','','','','','');
INSERT INTO "choices" VALUES(14,'359eeefb-015c-33b2-df14-61aaf8eb18b9',1764003005000000,'granted','training','consent',7776000,'support','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f','ask','eslflow 0.1.0','subject','','recording',3,'en','a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0',3573,'1=granted 2=refused','1',1,'caller','','','','','');
INSERT INTO "choices" VALUES(15,'call-3',1764000003000000,'requested','training','consent',90,'sales','f0','ask','e','subject','','rec',2,'en','',0,'','',0,'caller','','','','','');
INSERT INTO "choices" VALUES(16,'call-3',1764000003000000,'granted','training','consent',90,'sales','f0','ask','e','subject','','rec',2,'en','',3,'','1',1,'caller','','','','','');
INSERT INTO "choices" VALUES(17,'call-3',1764000003000000,'withdrawn','Qualität','consent',90,'sales','f0','ask','e','operator','','rec',2,'en','',3,'','1',1,'caller','48213906','delete','anne','personal:e7a612d0ad2401d30080a1da3de830937f43a4c45221118d364d8693262e796d','call-1');
CREATE TABLE erasing (
    call_uuid TEXT PRIMARY KEY,
    side TEXT NOT NULL,
    erasure INTEGER NOT NULL
);
CREATE TABLE erasures (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    subject TEXT NOT NULL,
    erasure INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    recordings INTEGER NOT NULL,
    words INTEGER NOT NULL
);
INSERT INTO "erasures" VALUES(1,1764000000000000,'subject','begun','anne','personal:e0a2e72e6bff80c4d5cfb7d49e2e4b61f107d4e52acc9a8f320ede37e1e17312','5f',0,3,0,2);
INSERT INTO "erasures" VALUES(2,1764000003000000,'subject','begun','anne','personal:81baca94ace32b4fe76277612151b10f5075fdab535762a7ace0e0db89ea59bc','5f',3,3,3,2);
CREATE TABLE flow_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    flow TEXT NOT NULL,
    flow_sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('served', 'removed', 'kept')),
    how TEXT NOT NULL,
    who TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE TABLE flow_versions (
    sha256 TEXT PRIMARY KEY,
    flow TEXT NOT NULL,
    file TEXT NOT NULL,
    text TEXT NOT NULL,
    inside TEXT NOT NULL
);
CREATE TABLE holds (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    subject TEXT NOT NULL
);
INSERT INTO "holds" VALUES(1,1764000000000000,'held','anne','personal:63faa140431ed4d28b481cbfdc2a80895eb676a7ca47ae7ca1043973943a6ab1','personal:f93aab20355b50ac4cae591b78eb809e759d4dc7ecfdf0d6f6b59fda823a18ec');
INSERT INTO "holds" VALUES(2,1764000003000000,'held','anne','personal:a8f714195017a37e05b6b8aa0272dfd25a4559ef35edb308caead9535d3f115e','personal:deaab1406ae3b044a543abf3dd6cc3e665c04ee7be0bd3f9535ae66243adfde9');
CREATE TABLE looks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    call_uuid TEXT NOT NULL,
    recording_id TEXT NOT NULL,
    reason TEXT NOT NULL
, subject TEXT NOT NULL DEFAULT '');
INSERT INTO "looks" VALUES(1,1764000000000000,'anne','decrypt','call-0','call-0-1','personal:606ab4f1375927aa58e4095d0d06f919221cf62352131f034d32cedabddcdeba','');
INSERT INTO "looks" VALUES(2,1764000003000000,'anne','decrypt','call-3','call-3-1','personal:38b79bdf3385a0f97d99f18a597e3ad662bda8d870d1418b95cf9d2f33faa574','');
CREATE TABLE notices (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    flow TEXT NOT NULL,
    notice TEXT NOT NULL,
    version INTEGER NOT NULL,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    audio_sha256 TEXT NOT NULL,
    audio_ms INTEGER NOT NULL,
    url TEXT NOT NULL,
    UNIQUE (flow, notice, version, language)
);
INSERT INTO "notices" VALUES(1,'support','recording',3,'en','Press 1 to agree.','a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0',4000,'');
INSERT INTO "notices" VALUES(2,'sales','rec',1,'en','Bitte drücken: die 1, 0.','5e',9,'');
INSERT INTO "notices" VALUES(3,'sales','rec',2,'en','Bitte drücken: die 1, 3.','5e',9,'');
CREATE TABLE personal (
    hash TEXT PRIMARY KEY,
    call_uuid TEXT NOT NULL,
    key BLOB NOT NULL,
    text TEXT NOT NULL
);
INSERT INTO "personal" VALUES('personal:606ab4f1375927aa58e4095d0d06f919221cf62352131f034d32cedabddcdeba','call-0',X'A7865B7F181ECF82ED54CA763670F23E','asked');
INSERT INTO "personal" VALUES('personal:63faa140431ed4d28b481cbfdc2a80895eb676a7ca47ae7ca1043973943a6ab1','',X'ADA32E930184E427AB1D8B11F1F3E0BF','court');
INSERT INTO "personal" VALUES('personal:f93aab20355b50ac4cae591b78eb809e759d4dc7ecfdf0d6f6b59fda823a18ec','',X'213F68F9555161319ED6596D8318889A','+4930123456');
INSERT INTO "personal" VALUES('personal:e0a2e72e6bff80c4d5cfb7d49e2e4b61f107d4e52acc9a8f320ede37e1e17312','',X'65400EC78FA924CEE4D126B0B2354B90','letter');
INSERT INTO "personal" VALUES('personal:38b79bdf3385a0f97d99f18a597e3ad662bda8d870d1418b95cf9d2f33faa574','call-3',X'CA56B2E876DB974339C2A8EEBDFFB592','asked');
INSERT INTO "personal" VALUES('personal:a8f714195017a37e05b6b8aa0272dfd25a4559ef35edb308caead9535d3f115e','',X'34E065D7021C127AFABC1B788561C05B','court');
INSERT INTO "personal" VALUES('personal:deaab1406ae3b044a543abf3dd6cc3e665c04ee7be0bd3f9535ae66243adfde9','',X'CFEEE4396A898E8055B1B8E52AF4175C','+4930123456');
INSERT INTO "personal" VALUES('personal:81baca94ace32b4fe76277612151b10f5075fdab535762a7ace0e0db89ea59bc','',X'1CCEB93C10DFFFA2A201E5016A6B906F','letter');
INSERT INTO "personal" VALUES('personal:e7a612d0ad2401d30080a1da3de830937f43a4c45221118d364d8693262e796d','call-3',X'9D21245F9C8B0C878A877ACACB25FCD3','letter of +49 30 1234567');
CREATE TABLE recording_actions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    recording_id TEXT NOT NULL,
    call_uuid TEXT NOT NULL,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    step TEXT NOT NULL,
    reply TEXT NOT NULL,
    verified INTEGER NOT NULL
, asked_at INTEGER NOT NULL DEFAULT 0, leg_uuid TEXT NOT NULL DEFAULT '', path TEXT NOT NULL DEFAULT '');
INSERT INTO "recording_actions" VALUES(1,'5bc8fbbc-bde5-c099-4164-d8399f767c45-1','5bc8fbbc-bde5-c099-4164-d8399f767c45',1764000006000000,'start','step','talk','+OK Success',1,1764000006000000,'','');
INSERT INTO "recording_actions" VALUES(2,'5bc8fbbc-bde5-c099-4164-d8399f767c45-1','5bc8fbbc-bde5-c099-4164-d8399f767c45',1764000496000000,'stop','hangup','talk','not asked yet',0,1764000006000000,'','');
INSERT INTO "recording_actions" VALUES(3,'5bc8fbbc-bde5-c099-4164-d8399f767c45-1','5bc8fbbc-bde5-c099-4164-d8399f767c45',1764000496000000,'stop','hangup','talk','+OK Success',1,1764000006000000,'','');
INSERT INTO "recording_actions" VALUES(4,'call-0-1','call-0',1764000000000000,'start','step','talk','+OK',1,0,'','');
INSERT INTO "recording_actions" VALUES(5,'call-0-1','call-0',1764000000000000,'stop','hangup','talk','+OK',1,1764000000000000,'','');
INSERT INTO "recording_actions" VALUES(6,'617959ce-3f1f-65a8-de52-71007814e8a2-1','617959ce-3f1f-65a8-de52-71007814e8a2',1764001006000000,'start','step','talk','+OK Success',1,1764001006000000,'','');
INSERT INTO "recording_actions" VALUES(7,'617959ce-3f1f-65a8-de52-71007814e8a2-1','617959ce-3f1f-65a8-de52-71007814e8a2',1764001275000000,'stop','hangup','talk','not asked yet',0,1764001006000000,'','');
INSERT INTO "recording_actions" VALUES(8,'617959ce-3f1f-65a8-de52-71007814e8a2-1','617959ce-3f1f-65a8-de52-71007814e8a2',1764001275000000,'stop','hangup','talk','+OK Success',1,1764001006000000,'','');
INSERT INTO "recording_actions" VALUES(9,'call-1-1','call-1',1764000001000000,'start','step','talk','+OK',1,0,'','');
INSERT INTO "recording_actions" VALUES(10,'call-1-1','call-1',1764000001000000,'stop','hangup','talk','+OK',1,1764000001000000,'','');
INSERT INTO "recording_actions" VALUES(11,'call-2-1','call-2',1764000002000000,'start','step','talk','+OK',1,0,'','');
INSERT INTO "recording_actions" VALUES(12,'call-2-1','call-2',1764000002000000,'stop','hangup','talk','+OK',1,1764000002000000,'','');
INSERT INTO "recording_actions" VALUES(13,'359eeefb-015c-33b2-df14-61aaf8eb18b9-1','359eeefb-015c-33b2-df14-61aaf8eb18b9',1764003006000000,'start','step','talk','+OK Success',1,1764003006000000,'','');
INSERT INTO "recording_actions" VALUES(14,'359eeefb-015c-33b2-df14-61aaf8eb18b9-1','359eeefb-015c-33b2-df14-61aaf8eb18b9',1764003190000000,'stop','hangup','talk','not asked yet',0,1764003006000000,'','');
INSERT INTO "recording_actions" VALUES(15,'359eeefb-015c-33b2-df14-61aaf8eb18b9-1','359eeefb-015c-33b2-df14-61aaf8eb18b9',1764003190000000,'stop','hangup','talk','+OK Success',1,1764003006000000,'','');
INSERT INTO "recording_actions" VALUES(16,'call-3-1','call-3',1764000003000000,'start','step','talk','+OK',1,0,'','');
INSERT INTO "recording_actions" VALUES(17,'call-3-1','call-3',1764000003000000,'stop','hangup','talk','+OK',1,1764000003000000,'','');
CREATE TABLE recordings (
    id TEXT PRIMARY KEY,
    call_uuid TEXT NOT NULL,
    leg_uuid TEXT NOT NULL,
    path TEXT NOT NULL,
    purposes TEXT NOT NULL,
    step TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    started_at INTEGER,
    stopped_at INTEGER,
    ms INTEGER,
    cause TEXT,
    state TEXT
, audio_at INTEGER, gaps TEXT, checked_at INTEGER, verdict TEXT, sha256 TEXT, bytes INTEGER, file_ms INTEGER, findings TEXT, stored_at INTEGER, form TEXT, plain_sha256 TEXT, stored_sha256 TEXT, stored_bytes INTEGER, source TEXT, hook_at INTEGER, hook_tries INTEGER, hook_result TEXT, erased_at INTEGER, erased_for TEXT);
INSERT INTO "recordings" VALUES('5bc8fbbc-bde5-c099-4164-d8399f767c45-1','5bc8fbbc-bde5-c099-4164-d8399f767c45','5bc8fbbc-bde5-c099-4164-d8399f767c45','/var/lib/eslflow/recordings/5bc8fbbc-bde5-c099-4164-d8399f767c45-1.wav','training','talk',1764000006000000,1764000006000000,1764000496000000,490000,'success-hangup','stopped',1764000006000000,'',1764000505000000,'intact','1cfb10f62827688de6a16a3b0d464138a62332553fc1ea36f17fd374c6a53877',15680000,490000,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "recordings" VALUES('617959ce-3f1f-65a8-de52-71007814e8a2-1','617959ce-3f1f-65a8-de52-71007814e8a2','617959ce-3f1f-65a8-de52-71007814e8a2','/var/lib/eslflow/recordings/617959ce-3f1f-65a8-de52-71007814e8a2-1.wav','training','talk',1764001006000000,1764001006000000,1764001275000000,269000,'success-hangup','stopped',1764001006000000,'',1764001284000000,'intact','de11cc9dea959c212e9c82b1478c281d687c966c377b9aa2bb2edb20035b7399',8608000,269000,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "recordings" VALUES('359eeefb-015c-33b2-df14-61aaf8eb18b9-1','359eeefb-015c-33b2-df14-61aaf8eb18b9','359eeefb-015c-33b2-df14-61aaf8eb18b9','/var/lib/eslflow/recordings/359eeefb-015c-33b2-df14-61aaf8eb18b9-1.wav','training','talk',1764003006000000,1764003006000000,1764003190000000,184000,'success-hangup','stopped',1764003006000000,'',1764003199000000,'intact','a02fdaa1ad864c44e049548e8a0a8c9632ea6928f6236bf2504b74ba4a0fe75d',5888000,184000,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE replayed (id TEXT PRIMARY KEY);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX calls_offered ON calls (offered_at);
CREATE INDEX calls_caller ON calls (caller_digits, offered_at);
CREATE INDEX calls_called ON calls (called_digits, offered_at);
CREATE INDEX choices_call ON choices (call_uuid);
CREATE INDEX choices_at ON choices (at);
CREATE INDEX choices_state ON choices (state, at);
CREATE INDEX recordings_call ON recordings (call_uuid);
CREATE INDEX recording_actions_call ON recording_actions (call_uuid);
CREATE TRIGGER choices_no_delete BEFORE DELETE ON choices BEGIN SELECT RAISE(ABORT, 'choices are proof: append only'); END;
CREATE TRIGGER recording_actions_no_delete BEFORE DELETE ON recording_actions BEGIN SELECT RAISE(ABORT, 'recording_actions are proof: append only'); END;
CREATE INDEX calls_unended ON calls (offered_at) WHERE ended_at IS NULL;
CREATE INDEX recordings_unchecked ON recordings (asked_at) WHERE checked_at IS NULL;
CREATE INDEX recordings_forms ON recordings (form) WHERE verdict = 'intact';
CREATE INDEX recordings_unsettled ON recordings (id) WHERE source <> '';
CREATE INDEX recordings_unhooked ON recordings (checked_at)
    WHERE verdict = 'intact' AND hook_result IS NOT 'done';
CREATE INDEX looks_call ON looks (call_uuid)
;
CREATE TRIGGER looks_no_delete BEFORE DELETE ON looks BEGIN SELECT RAISE(ABORT, 'looks are proof: append only'); END;
CREATE INDEX choices_receipt ON choices (receipt) WHERE receipt <> '';
CREATE INDEX calls_caller_key ON calls (caller_key) WHERE caller_key <> '';
CREATE INDEX calls_called_key ON calls (called_key) WHERE called_key <> ''
;
CREATE INDEX flow_log_flow ON flow_log (flow)
;
CREATE TRIGGER flow_versions_no_update BEFORE UPDATE ON flow_versions BEGIN SELECT RAISE(ABORT, 'flow_versions are proof: append only'); END;
CREATE TRIGGER flow_versions_no_delete BEFORE DELETE ON flow_versions BEGIN SELECT RAISE(ABORT, 'flow_versions are proof: append only'); END;
CREATE TRIGGER flow_log_no_update BEFORE UPDATE ON flow_log BEGIN SELECT RAISE(ABORT, 'flow_log are proof: append only'); END;
CREATE TRIGGER flow_log_no_delete BEFORE DELETE ON flow_log BEGIN SELECT RAISE(ABORT, 'flow_log are proof: append only'); END;
CREATE INDEX personal_call ON personal (call_uuid)
;
CREATE TRIGGER choices_no_update BEFORE UPDATE ON choices BEGIN SELECT RAISE(ABORT, 'choices are proof: append only'); END;
CREATE TRIGGER recording_actions_no_update BEFORE UPDATE ON recording_actions BEGIN SELECT RAISE(ABORT, 'recording_actions are proof: append only'); END;
CREATE TRIGGER looks_no_update BEFORE UPDATE ON looks BEGIN SELECT RAISE(ABORT, 'looks are proof: append only'); END;
CREATE TRIGGER notices_no_update BEFORE UPDATE ON notices BEGIN SELECT RAISE(ABORT, 'notices are proof: append only'); END;
CREATE TRIGGER notices_no_delete BEFORE DELETE ON notices BEGIN SELECT RAISE(ABORT, 'notices are proof: append only'); END;
CREATE TRIGGER chain_no_update BEFORE UPDATE ON chain BEGIN SELECT RAISE(ABORT, 'chain are proof: append only'); END;
CREATE TRIGGER chain_no_delete BEFORE DELETE ON chain BEGIN SELECT RAISE(ABORT, 'chain are proof: append only'); END;
CREATE TRIGGER personal_no_update BEFORE UPDATE ON personal BEGIN SELECT RAISE(ABORT, 'personal are proof: append only'); END;
CREATE TRIGGER holds_no_update BEFORE UPDATE ON holds BEGIN SELECT RAISE(ABORT, 'holds are proof: append only'); END;
CREATE TRIGGER holds_no_delete BEFORE DELETE ON holds BEGIN SELECT RAISE(ABORT, 'holds are proof: append only'); END;
CREATE TRIGGER erasures_no_update BEFORE UPDATE ON erasures BEGIN SELECT RAISE(ABORT, 'erasures are proof: append only'); END;
CREATE TRIGGER erasures_no_delete BEFORE DELETE ON erasures BEGIN SELECT RAISE(ABORT, 'erasures are proof: append only'); END;
CREATE INDEX agents_agent ON agents (agent, text)
;
CREATE TRIGGER agents_no_update BEFORE UPDATE ON agents BEGIN SELECT RAISE(ABORT, 'agents are proof: append only'); END;
CREATE TRIGGER agents_no_delete BEFORE DELETE ON agents BEGIN SELECT RAISE(ABORT, 'agents are proof: append only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('notices',3);
INSERT INTO "sqlite_sequence" VALUES('choices',17);
INSERT INTO "sqlite_sequence" VALUES('recording_actions',17);
INSERT INTO "sqlite_sequence" VALUES('chain',43);
INSERT INTO "sqlite_sequence" VALUES('looks',2);
INSERT INTO "sqlite_sequence" VALUES('holds',2);
INSERT INTO "sqlite_sequence" VALUES('erasures',2);
COMMIT;
