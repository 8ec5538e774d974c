package dev.persona.server.instance;

/** Told (as a CDI event, after it is stored) when the registered instances have changed. */
public sealed interface InstanceChange {

    /** An instance became known. */
    record Registered(Instance instance) implements InstanceChange {}

    /** Its tags or what its agent says of itself changed. */
    record Updated(Instance before, Instance after) implements InstanceChange {}

    /** An instance was deleted, with its history. */
    record Removed(String instanceId) implements InstanceChange {}
}
