/* Who opens which file: tracepoint arguments, names of files, the opener's user. */
#include "tool.h"
typedef struct { u32 val; } kuid_t;
struct cred { kuid_t uid, euid; } CORE;
struct qstr { union { struct { u32 hash; u32 len; }; u64 hash_len; }; const unsigned char *name; } CORE;
struct dentry { struct qstr d_name; struct dentry *d_parent; struct inode *d_inode; } CORE;
struct vfsmount { struct dentry *mnt_root; } CORE;
struct path { struct vfsmount *mnt; struct dentry *dentry; } CORE;
struct super_block { u32 s_dev; unsigned long s_magic; char s_id[32]; } CORE;
struct inode { u16 i_mode; u64 i_ino; struct super_block *i_sb; long long i_size; } CORE;
struct file { struct path f_path; struct inode *f_inode; u32 f_flags; u32 f_mode; } CORE;
struct nsproxy { struct mnt_namespace *mnt_ns; } CORE;
struct ns_common { u32 inum; } CORE;
struct mnt_namespace { struct ns_common ns; } CORE;
struct task_struct { int pid, tgid; const struct cred *real_cred; struct nsproxy *nsproxy; char comm[16]; } CORE;
struct trace_entry { u16 type; u8 flags; int pid; } CORE;
struct trace_event_raw_sys_enter { struct trace_entry ent; long id; unsigned long args[6]; char __data[0]; } CORE;

SEC("tracepoint/syscalls/sys_enter_openat") u64 enter(struct trace_event_raw_sys_enter *context) {
    return context->ent.pid + context->id + context->args[1] + context->args[5] + FIELD(OFFSET, context->__data[0]);
}
SEC("kprobe/vfs_open") u64 opened(struct file *file, struct task_struct *task) {
    u64 sum = file->f_path.dentry->d_name.len + file->f_path.mnt->mnt_root->d_inode->i_ino + file->f_flags;
    sum += (u64)file->f_path.dentry->d_parent->d_name.name + file->f_inode->i_sb->s_dev + file->f_inode->i_mode;
    sum += file->f_inode->i_sb->s_id[31] + file->f_inode->i_size + FIELD(SIGNED, file->f_inode->i_size);
    return sum + task->real_cred->uid.val + task->nsproxy->mnt_ns->ns.inum + FIELD(SIZE, task->comm);
}
