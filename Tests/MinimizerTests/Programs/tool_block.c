/* How long disks take: fields that moved between structs, told apart by flavours. */
#include "tool.h"
struct gendisk { int major, first_minor, minors; char disk_name[32]; } CORE;
struct request_queue { struct gendisk *disk; } CORE;
struct request_queue___old { unsigned long queue_flags; } CORE;
struct request { struct request_queue *q; u32 cmd_flags; u32 __data_len; u64 __sector, start_time_ns, io_start_time_ns; } CORE;
struct request___old { struct gendisk *rq_disk; } CORE;
struct block_device { u32 bd_dev; struct gendisk *bd_disk; } CORE;
struct bvec_iter { u64 bi_sector; u32 bi_size; } CORE;
struct bio { struct block_device *bi_bdev; u32 bi_opf; struct bvec_iter bi_iter; u16 bi_vcnt; } CORE;
enum req_opf { REQ_OP_READ, REQ_OP_WRITE };
enum req_op { REQ_OP_READ___new, REQ_OP_WRITE___new = 1, REQ_OP_NEVER = 99 };

SEC("kprobe/blk_start") u64 start(struct request *request) {
    struct request___old *old = (void *)request;
    u64 sum = request->__data_len + request->__sector + request->start_time_ns + request->cmd_flags;
    if (FIELD(EXISTS, old->rq_disk)) sum += old->rq_disk->major;
    else if (FIELD(EXISTS, request->q->disk)) sum += request->q->disk->first_minor + request->q->disk->disk_name[5];
    return sum + TYPE(0, struct request_queue___old) + TYPE(1, struct gendisk);
}
SEC("kprobe/submit_bio") u64 submit(struct bio *bio) {
    u64 sum = bio->bi_bdev->bd_dev + bio->bi_iter.bi_sector + bio->bi_iter.bi_size + bio->bi_opf + bio->bi_vcnt;
    if (ENUMERATOR(0, enum req_op, REQ_OP_WRITE___new)) sum += ENUMERATOR(1, enum req_op, REQ_OP_WRITE___new);
    else sum += ENUMERATOR(1, enum req_opf, REQ_OP_WRITE);
    return sum + ENUMERATOR(0, enum req_op, REQ_OP_NEVER);
}
