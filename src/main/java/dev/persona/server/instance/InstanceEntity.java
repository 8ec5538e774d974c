package dev.persona.server.instance;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A stored {@link dev.persona.server.instance.Instance}, and when it was last heard of. */
@Entity
@Table(name = "instances")
class InstanceEntity {
    @Id
    @Column(name = "instance_id")
    String instanceId;

    @Nullable
    String hostname;

    @Nullable
    @Column(name = "agent_version")
    String agentVersion;

    @Nullable
    @Column(name = "boot_id")
    String bootId;

    @Column(name = "agent_tags")
    String agentTags;

    @Column(name = "server_tags")
    String serverTags;

    @Column(name = "tags_revision")
    long tagsRevision;

    @Column(name = "registered_at")
    Instant registeredAt;

    @Nullable
    @Column(name = "last_heard_at")
    Instant lastHeardAt;
}
