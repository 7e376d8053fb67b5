namespace Millwright.Serving.Simulator;

/// <summary>
/// What the blocks of a replica's cache hold. A block whose request has ended keeps its tokens until it is taken for others; those that were given back first are taken
/// first, so that a prompt which begins like one before finds its beginning. Full blocks have a key; those that are not full, or that nothing is known of, are blank.
/// Rules: vllm-project/vllm vllm/v1/core/block_pool.py and kv_cache_utils.py, FreeKVCacheBlockQueue.
/// </summary>
internal sealed class BlockPool
{
    private const int None = -1;

    private readonly Dictionary<ulong, int> _index = [];
    private Node[] _nodes = new Node[1024];
    private int _unused = None;
    private int _count;

    // free blocks, the next one to be taken first
    private int _head = None;
    private int _tail = None;

    public BlockPool(long blocks) => GiveBlank(blocks);

    /// <summary>Changes whenever a key comes or goes, or a block with one is used or free.</summary>
    public int Version { get; private set; }

    /// <summary>Keyed blocks, in use or free.</summary>
    public int Keyed => _index.Count;

    /// <summary>True when a block with this key is held.</summary>
    public bool Holds(ulong key) => _index.ContainsKey(key);

    /// <summary>True when a block with this key is held; tells whether it is free.</summary>
    public bool Holds(ulong key, out bool isFree)
    {
        if (_index.TryGetValue(key, out int node))
        {
            isFree = _nodes[node].Uses == 0;
            return true;
        }

        isFree = false;
        return false;
    }

    /// <summary>Takes free blocks for new tokens; what they held is lost.</summary>
    /// <param name="blocks">How many; no more than are free.</param>
    /// <param name="lost">Told each key that is lost, or null.</param>
    public void Take(long blocks, Action<ulong>? lost = null)
    {
        while (blocks > 0)
        {
            int node = _head;
            ref Node first = ref _nodes[node];
            if (!first.IsKeyed)
            {
                long part = Math.Min(blocks, first.Blanks);
                first.Blanks -= part;
                blocks -= part;
                if (first.Blanks == 0)
                {
                    Unlink(node);
                    Drop(node);
                }

                continue;
            }

            ulong key = first.Key;
            _index.Remove(key);
            Unlink(node);
            Drop(node);
            Version++;
            blocks--;
            lost?.Invoke(key);
        }
    }

    /// <summary>Gives back blocks without a key.</summary>
    public void GiveBlank(long blocks)
    {
        if (blocks <= 0)
        {
            return;
        }

        if (_tail != None && !_nodes[_tail].IsKeyed)
        {
            _nodes[_tail].Blanks += blocks;
            return;
        }

        int node = New();
        _nodes[node] = new Node { Blanks = blocks, Previous = None, Next = None };
        Append(node);
    }

    /// <summary>Uses a block that is held once more.</summary>
    /// <returns>True when it was free.</returns>
    public bool Use(ulong key)
    {
        int node = _index[key];
        if (_nodes[node].Uses++ > 0)
        {
            return false;
        }

        Unlink(node);
        Version++;
        return true;
    }

    /// <summary>Gives a block that was taken a key.</summary>
    /// <returns>False when another block has that key: the one that was taken stays blank.</returns>
    public bool Name(ulong key)
    {
        if (_index.ContainsKey(key))
        {
            return false;
        }

        int node = New();
        _nodes[node] = new Node { Key = key, IsKeyed = true, Uses = 1, Previous = None, Next = None };
        _index.Add(key, node);
        Version++;
        return true;
    }

    /// <summary>Gives back a block in use.</summary>
    /// <returns>True when nobody uses it any more, so that it is free.</returns>
    public bool Release(ulong key)
    {
        int node = _index[key];
        if (--_nodes[node].Uses > 0)
        {
            return false;
        }

        Append(node);
        Version++;
        return true;
    }

    private int New()
    {
        if (_unused != None)
        {
            int node = _unused;
            _unused = _nodes[node].Next;
            return node;
        }

        if (_count == _nodes.Length)
        {
            Array.Resize(ref _nodes, 2 * _count);
        }

        return _count++;
    }

    private void Drop(int node)
    {
        _nodes[node].Next = _unused;
        _unused = node;
    }

    private void Append(int node)
    {
        _nodes[node].Previous = _tail;
        _nodes[node].Next = None;
        if (_tail != None)
        {
            _nodes[_tail].Next = node;
        }
        else
        {
            _head = node;
        }

        _tail = node;
    }

    private void Unlink(int node)
    {
        (int before, int after) = (_nodes[node].Previous, _nodes[node].Next);
        if (before != None)
        {
            _nodes[before].Next = after;
        }
        else
        {
            _head = after;
        }

        if (after != None)
        {
            _nodes[after].Previous = before;
        }
        else
        {
            _tail = before;
        }
    }

    private struct Node
    {
        public ulong Key;
        public long Blanks;
        public int Uses;
        public int Previous;
        public int Next;
        public bool IsKeyed;
    }
}
