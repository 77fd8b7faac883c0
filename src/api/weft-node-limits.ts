/** Most links, and most networks, that a WeftNode lists: the object must fit into the API server's store. */
export const maxListed = 1000;
