package dev.persona.server.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * The history of every instance: appended to, read newest first, and forgotten by number and age.
 *
 * <p>The history of an instance goes with its registration.
 */
@ApplicationScoped
public class Journal {
    private static final Logger LOG = Logger.getLogger(Journal.class);

    private final HistoryRepository repository;
    private final ObjectMapper mapper;
    private final JournalConfig config;

    Journal(HistoryRepository repository, ObjectMapper mapper, JournalConfig config) {
        this.repository = repository;
        this.mapper = mapper;
        this.config = config;
    }

    /** An entry with its place in the history; later entries have greater numbers. */
    public record Numbered(long number, HistoryEntry entry) {}

    /** Appends entries as part of the transaction at hand, or of one of their own. */
    @Transactional
    public void append(List<HistoryEntry> entries) {
        for (HistoryEntry entry : entries) {
            HistoryEntity entity = new HistoryEntity();
            entity.instanceId = entry.instanceId();
            entity.at = entry.at();
            entity.kind = entry.kind().word();
            entity.detail = entry.detail().toString();
            repository.persist(entity);
        }
    }

    /**
     * The newest entries of an instance.
     *
     * @param before only entries with lower numbers; {@code Long.MAX_VALUE} for the newest
     */
    @Transactional
    public List<Numbered> newestFirst(String instanceId, long before, int limit) {
        return repository.newestFirst(instanceId, before, limit).stream()
                .map(this::read)
                .toList();
    }

    /** Deletes what is older, or has more successors, than the configuration keeps. */
    @Transactional
    public void forgetOld(Instant now) {
        int deleted = repository.deleteOlderThan(now.minus(config.keepFor()))
                + repository.deleteBeyond(config.entriesPerInstance());
        if (deleted > 0) {
            LOG.infof("history pruned entries=%d", deleted);
        }
    }

    private Numbered read(HistoryEntity entity) {
        try {
            return new Numbered(
                    entity.entry,
                    new HistoryEntry(
                            entity.instanceId,
                            entity.at,
                            HistoryEntry.Kind.ofWord(entity.kind),
                            mapper.readTree(entity.detail)));
        } catch (JsonProcessingException e) {
            throw new PolicyException(
                    ErrorCode.INTERNAL_FAILURE, "history entry `" + entity.entry + "` is no JSON in the database");
        }
    }
}
