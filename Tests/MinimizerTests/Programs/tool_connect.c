/* Which sockets connect where: unions without a name, addresses of both families, bitfields of sockets. */
#include "tool.h"
struct in6_addr { union { u8 u6_addr8[16]; u16 u6_addr16[8]; u32 u6_addr32[4]; } in6_u; } CORE;
typedef struct { struct net *net; } possible_net_t;
struct ns_common { u32 inum; } CORE;
struct net { struct ns_common ns; } CORE;
struct sock_common {
    union { u64 skc_addrpair; struct { u32 skc_daddr, skc_rcv_saddr; }; };
    union { u32 skc_portpair; struct { u16 skc_dport, skc_num; }; };
    u16 skc_family;
    volatile u8 skc_state;
    u8 skc_reuse : 4, skc_reuseport : 1, skc_ipv6only : 1;
    possible_net_t skc_net;
    struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
} CORE;
struct sock { struct sock_common __sk_common; u16 sk_type, sk_protocol; int sk_err; } CORE;
struct sock___bits { u32 sk_protocol : 8, sk_type : 16; } CORE;
struct inet_sock { struct sock sk; u16 inet_sport; u8 tos; } CORE;
struct inet_connection_sock { struct inet_sock icsk_inet; u32 icsk_rto; u8 icsk_ca_state : 5; } CORE;
struct tcp_sock { struct inet_connection_sock inet_conn; u32 srtt_us, snd_cwnd, rcv_wnd, total_retrans; u64 bytes_acked; } CORE;

SEC("kprobe/tcp_connect") u64 connect(struct sock *sock, struct tcp_sock *tcp) {
    u64 sum = sock->__sk_common.skc_daddr + sock->__sk_common.skc_dport + sock->__sk_common.skc_num;
    sum += sock->__sk_common.skc_v6_daddr.in6_u.u6_addr32[3] + sock->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8[15];
    sum += sock->__sk_common.skc_net.net->ns.inum + sock->__sk_common.skc_state + sock->sk_err;
    sum += ALL(sock->__sk_common.skc_reuseport) + ALL(sock->__sk_common.skc_reuse) + ALL(tcp->inet_conn.icsk_ca_state);
    return sum + tcp->srtt_us + tcp->bytes_acked + tcp->inet_conn.icsk_inet.inet_sport + tcp->inet_conn.icsk_rto;
}
SEC("kprobe/tcp_close") u64 protocol(struct sock *sock) {
    struct sock___bits *old = (void *)sock;
    if (FIELD(EXISTS, old->sk_protocol)) return ALL(old->sk_protocol) + ALL(old->sk_type);
    return sock->sk_protocol + sock->sk_type;
}
