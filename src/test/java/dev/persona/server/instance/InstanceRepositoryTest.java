package dev.persona.server.instance;

import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class InstanceRepositoryTest extends InstanceRepositorySuite {}
