package dev.persona.server.journal;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;

/** The stored history. */
@ApplicationScoped
class HistoryRepository implements PanacheRepositoryBase<HistoryEntity, Long> {

    /** The entries of an instance with numbers below a bound, newest first. */
    List<HistoryEntity> newestFirst(String instanceId, long before, int limit) {
        return find("instanceId = ?1 and entry < ?2", Sort.descending("entry"), instanceId, before)
                .page(0, limit)
                .list();
    }

    int deleteOlderThan(Instant instant) {
        return (int) delete("at < ?1", instant);
    }

    /** Deletes all but the newest entries of each instance. */
    int deleteBeyond(int entriesPerInstance) {
        return getEntityManager()
                .createNativeQuery("delete from history where entry in (select entry from (select entry, row_number()"
                        + " over (partition by instance_id order by entry desc) as place from history) ranked"
                        + " where place > ?1)")
                .setParameter(1, entriesPerInstance)
                .executeUpdate();
    }
}
