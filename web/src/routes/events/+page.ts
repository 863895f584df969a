export const load = () => ({ title: 'Events' });
