package dev.persona.server.rulebook;

import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class RuleRepositoryTest extends RuleRepositorySuite {}
