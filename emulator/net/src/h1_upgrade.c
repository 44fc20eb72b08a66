/* h1_upgrade.c - libmicrohttpd sends the 101 and hands the socket on; it has it back when the tunnel is over, closes
 * it, and tells on_completed. */
#include "h1_private.h"
#include "tunnel.h"

static void on_upgrade(void *context, struct MHD_Connection *mhd, void *transfer_at, const char *first,
                       size_t first_len, MHD_socket fd, struct MHD_UpgradeResponseHandle *upgrade)
{
    Transfer *transfer = context;
    (void)mhd;
    (void)transfer_at;
    transfer->h1.upgrade = upgrade;
    tunnel_start(transfer->tunnel, fd, (Bytes){first_len ? first : "", first_len});
}

struct MHD_Response *h1_response_of_tunnel(Transfer *transfer)
{
    return MHD_create_response_for_upgrade(on_upgrade, transfer);
}

void h1_tunnel_over(Transfer *transfer)
{
    if (!transfer->h1.upgrade)
        return;
    MHD_upgrade_action(transfer->h1.upgrade, MHD_UPGRADE_ACTION_CLOSE);
    transfer->h1.upgrade = NULL;
    transfer->h1.connection->h1->due = true;
}

void h1_drop_tunnel(Transfer *transfer)
{
    if (!transfer->tunnel)
        return;
    tunnel_drop(transfer->tunnel);
    h1_tunnel_over(transfer);
}
