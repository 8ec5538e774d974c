package dev.persona.server.instance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.instance.Instance.Agent;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.PolicyException;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** The stored instances. */
@ApplicationScoped
class InstanceRepository implements PanacheRepositoryBase<InstanceEntity, String> {
    private final ObjectMapper mapper;
    private final DataSource dataSource;

    InstanceRepository(ObjectMapper mapper, DataSource dataSource) {
        this.mapper = mapper;
        this.dataSource = dataSource;
    }

    /** A stored instance and when it was last heard of, absent if never. */
    record Stored(Instance instance, Optional<Instant> lastHeardAt) {}

    @Transactional
    List<Stored> all() {
        return listAll(Sort.ascending("instanceId")).stream().map(this::read).toList();
    }

    /** Stores new instances, and what has changed of stored ones, in a transaction of its own. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    void save(Collection<Instance> instances) {
        instances.forEach(this::save);
    }

    private void save(Instance instance) {
        InstanceEntity entity = findById(instance.instanceId());
        boolean isNew = entity == null;
        if (isNew) {
            entity = new InstanceEntity();
            entity.instanceId = instance.instanceId();
        }
        entity.hostname = instance.agent().map(Agent::hostname).orElse(null);
        entity.agentVersion = instance.agent().map(Agent::agentVersion).orElse(null);
        entity.bootId = instance.agent().map(Agent::bootId).orElse(null);
        entity.agentTags = mapper.valueToTree(instance.agentTags()).toString();
        entity.serverTags = mapper.valueToTree(instance.serverTags()).toString();
        entity.tagsRevision = instance.tagsRevision();
        entity.registeredAt = instance.registeredAt();
        if (isNew) {
            persist(entity);
        }
    }

    /** Deletes an instance, and with it its machine and its history. */
    @Transactional
    void remove(String instanceId) {
        deleteById(instanceId);
    }

    /** Stores when instances were last heard of, as one batch. */
    @Transactional
    void saveHeard(Map<String, Instant> lastHeardAt) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement update =
                        connection.prepareStatement("update instances set last_heard_at = ? where instance_id = ?")) {
            for (Map.Entry<String, Instant> heard : lastHeardAt.entrySet()) {
                update.setObject(1, heard.getValue().atOffset(ZoneOffset.UTC));
                update.setString(2, heard.getKey());
                update.addBatch();
            }
            update.executeBatch();
        } catch (SQLException e) {
            throw new PolicyException(
                    ErrorCode.EXTERNAL_FAILURE, "the database did not take contact times: " + e.getMessage());
        }
    }

    private Stored read(InstanceEntity entity) {
        Optional<Agent> agent = entity.hostname == null
                ? Optional.empty()
                : Optional.of(new Agent(entity.hostname, entity.agentVersion, entity.bootId));
        return new Stored(
                new Instance(
                        entity.instanceId,
                        agent,
                        tags(entity.instanceId, entity.agentTags),
                        tags(entity.instanceId, entity.serverTags),
                        entity.tagsRevision,
                        entity.registeredAt),
                Optional.ofNullable(entity.lastHeardAt));
    }

    private Tags tags(String instanceId, String json) {
        try {
            return Tags.read(mapper.readTree(json), "", new Faults()).orElse(Tags.NONE);
        } catch (JsonProcessingException e) {
            throw new PolicyException(
                    ErrorCode.INTERNAL_FAILURE, "tags of instance `" + instanceId + "` are no JSON in the database");
        }
    }
}
