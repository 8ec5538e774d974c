package dev.persona.server.journal;

import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class JournalRepositoryTest extends JournalSuite {}
