package dev.persona.server.rulebook;

import dev.persona.server.platform.PostgresqlProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

@QuarkusTest
@TestProfile(PostgresqlProfile.class)
class RuleRepositoryPostgresqlTest extends RuleRepositorySuite {}
