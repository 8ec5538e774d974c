package dev.persona.server.journal;

import dev.persona.server.platform.PostgresqlProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

@QuarkusTest
@TestProfile(PostgresqlProfile.class)
class JournalRepositoryPostgresqlTest extends JournalSuite {}
