package dev.persona.agent.journal;

import dev.persona.agent.platform.Snapshot;
import java.time.Instant;

/**
 * What this agent found before it first changed a parameter.
 *
 * @param bootId the boot of the host in which it was saved
 * @param revision the decision that was about to change it, 0 for a pin without a decision
 */
public record Original(String parameter, Snapshot snapshot, Instant savedAt, String bootId, long revision) {}
