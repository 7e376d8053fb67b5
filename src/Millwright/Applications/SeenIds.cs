namespace Millwright.Applications;

/// <summary>Ids seen so far. Ids that count up from 0, in whatever near order, cost no memory.</summary>
internal sealed class SeenIds
{
    private readonly HashSet<long> _beyond = [];
    private long _next;

    /// <summary>Adds an id.</summary>
    /// <returns>False where it was there.</returns>
    public bool Add(long id)
    {
        if (id == _next)
        {
            _next++;
            while (_beyond.Count > 0 && _beyond.Remove(_next))
            {
                _next++;
            }

            return true;
        }

        return (id < 0 || id > _next) && _beyond.Add(id);
    }
}
