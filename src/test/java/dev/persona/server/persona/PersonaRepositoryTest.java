package dev.persona.server.persona;

import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class PersonaRepositoryTest extends PersonaRepositorySuite {}
