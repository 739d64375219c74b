/* What packets carry: bitfields beside bitfields, headers told by offset, devices. */
#include "tool.h"
struct net_device { char name[16]; int ifindex; u32 mtu; struct net_device_stats { unsigned long rx_packets, tx_packets; } stats; } CORE;
struct iphdr { u8 ihl : 4, version : 4; u8 tos; u16 tot_len; u8 protocol; u32 saddr, daddr; } CORE;
struct tcphdr { u16 source, dest; u32 seq; u16 res1 : 4, doff : 4, fin : 1, syn : 1, rst : 1, psh : 1, ack : 1; u16 window; } CORE;
struct skb_shared_info { u8 nr_frags; u16 gso_size, gso_segs; } CORE;
struct sk_buff {
    struct sock *sk;
    u32 len, data_len, end;
    u8 cloned : 1, nohdr : 1, fclone : 2, pkt_type : 3, ip_summed : 2, l4_hash : 1, encapsulation : 1;
    u8 *head, *data;
    u16 transport_header, network_header, mac_header, protocol;
    struct net_device *dev;
    u32 hash, mark, priority;
    u16 gone_from_everywhere;
} CORE;
struct xdp_buff { void *data, *data_end; struct xdp_rxq_info *rxq; } CORE;
struct xdp_rxq_info { struct net_device *dev; u32 queue_index; } CORE;
enum skb_drop_reason { SKB_NOT_DROPPED_YET, SKB_DROP_REASON_NOT_SPECIFIED, SKB_DROP_REASON_NO_SOCKET };

SEC("kprobe/net_rx") u64 receive(struct sk_buff *buffer) {
    u64 sum = buffer->len + buffer->data_len + (u64)buffer->head + buffer->network_header + buffer->dev->ifindex;
    sum += ALL(buffer->cloned) + ALL(buffer->nohdr) + ALL(buffer->fclone) + ALL(buffer->pkt_type) + ALL(buffer->encapsulation);
    sum += buffer->dev->name[2] + buffer->dev->mtu + buffer->hash + buffer->mark + FIELD(EXISTS, buffer->gone_from_everywhere);
    return sum + buffer->end + ((struct skb_shared_info *)buffer->head)->gso_segs;
}
SEC("kprobe/drop") u64 drop(struct iphdr *ip, struct tcphdr *tcp, struct xdp_buff *xdp) {
    u64 sum = ALL(ip->version) + ALL(ip->ihl) + ip->protocol + ip->saddr + tcp->dest + ALL(tcp->syn) + ALL(tcp->doff);
    sum += xdp->rxq->queue_index + xdp->rxq->dev->ifindex + TYPE(0, struct xdp_buff);
    if (ENUMERATOR(0, enum skb_drop_reason, SKB_DROP_REASON_NO_SOCKET)) sum += ENUMERATOR(1, enum skb_drop_reason, SKB_DROP_REASON_NO_SOCKET);
    return sum;
}
