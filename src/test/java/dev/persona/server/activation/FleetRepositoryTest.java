package dev.persona.server.activation;

import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class FleetRepositoryTest extends FleetRepositorySuite {}
