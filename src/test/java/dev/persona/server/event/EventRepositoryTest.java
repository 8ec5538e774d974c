package dev.persona.server.event;

import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class EventRepositoryTest extends EventLogSuite {}
